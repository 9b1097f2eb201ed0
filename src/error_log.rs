//! `wsgi.errors`: the stream that ends in the server's error log.

use crate::diagnostics;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// An error log: written to like any stream, by many threads at once.
///
/// Each clone collects a line of its own and passes it on whole, so
/// lines of several requests never mix. [`flush`](Write::flush) ends
/// an unfinished line, and so does dropping it; one of 16 KiB is ended
/// there.
///
/// What is in a log may come from a visitor. What a terminal obeys is
/// written as `\u{1b}`, but for tabs, which stay, and for the CR of a
/// CR LF, which is left out. What is not UTF-8 becomes U+FFFD.
///
/// ```
/// use std::io::Write;
///
/// let mut errors = gateway::ErrorLog::stderr();
/// writeln!(errors, "This will be sent to the error log")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ErrorLog {
    sink: Arc<Mutex<dyn Write + Send>>,
    line: Vec<u8>,
    label: String,
}

/// The longest line, in bytes: somebody else may have written it.
const LINE_LIMIT: usize = 16 * 1024;

impl ErrorLog {
    /// A log that goes to `sink`.
    pub fn new(sink: impl Write + Send + 'static) -> Self {
        Self::shared(Arc::new(Mutex::new(sink)))
    }

    /// A log that goes where others write, too.
    pub(crate) fn shared(sink: Arc<Mutex<dyn Write + Send>>) -> Self {
        Self { sink, line: Vec::new(), label: String::new() }
    }

    /// A log that goes to the process's standard error, as CGI
    /// programs' do.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// Puts a word before each line from now on, in brackets, and in
    /// new clones. All that is not visible ASCII is left out of it, and
    /// an empty one is none.
    ///
    /// The exchange gives its own lines of a request the label that the
    /// environ's log has when the application returns.
    pub fn set_label(&mut self, label: &str) {
        self.label = label.into();
        self.label.retain(|c| c.is_ascii_graphic());
    }

    /// The word before each line.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }
}

/// A line as it may stand in a log.
pub(crate) fn harmless(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut text = String::new();
    for c in String::from_utf8_lossy(line).chars() {
        match is_obeyed(c) {
            true => text.extend(c.escape_default()),
            false => text.push(c),
        }
    }
    text
}

/// Does a terminal, or who reads lines, take it for an order? Those
/// from U+2028 on are ends of lines, and turn the direction of text.
fn is_obeyed(c: char) -> bool {
    let is_format =
        matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() && c != '\t' || is_format
}

impl Write for ErrorLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = String::new();
        for &byte in bytes {
            let is_end = byte == b'\n';
            if is_end || self.line.len() == LINE_LIMIT {
                if !self.label.is_empty() {
                    lines.extend(["[", &self.label, "] "]);
                }
                lines += &harmless(&self.line);
                lines.push('\n');
                self.line.clear();
            }
            if !is_end {
                self.line.push(byte);
            }
        }
        if !lines.is_empty() {
            // A thread that panicked while it wrote left half a line at
            // worst: the log must go on.
            let sink = self.sink.lock();
            let mut sink = sink.unwrap_or_else(PoisonError::into_inner);
            sink.write_all(lines.as_bytes())?;
            sink.flush()?;
            diagnostics::log(&lines);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.line.is_empty() {
            true => Ok(()),
            false => self.write_all(b"\n"),
        }
    }
}

impl fmt::Debug for ErrorLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErrorLog")
    }
}

impl Clone for ErrorLog {
    fn clone(&self) -> Self {
        let (sink, label) = (Arc::clone(&self.sink), &self.label);
        Self { sink, line: Vec::new(), label: label.clone() }
    }
}

impl Drop for ErrorLog {
    fn drop(&mut self) {
        // Whoever lets go of a log cannot be told that it failed.
        let _ = self.flush();
    }
}
