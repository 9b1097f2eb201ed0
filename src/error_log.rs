//! `wsgi.errors`: the stream that ends in the server's error log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// An error log: written to like any stream, by many threads at once.
///
/// Each clone collects a line of its own and passes it on whole, so
/// lines of several requests never mix. [`flush`](Write::flush) ends
/// an unfinished line, and so does dropping it.
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
}

impl ErrorLog {
    /// A log that goes to `sink`.
    pub fn new(sink: impl Write + Send + 'static) -> Self {
        Self { sink: Arc::new(Mutex::new(sink)), line: Vec::new() }
    }

    /// A log that goes to the process's standard error, as CGI
    /// programs' do.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// Hands over the first `length` bytes of the line in one write.
    fn pass_on(&mut self, length: usize) -> io::Result<()> {
        // A thread that panicked while it wrote left half a line at
        // worst: the log must go on.
        let sink = self.sink.lock();
        let mut sink = sink.unwrap_or_else(PoisonError::into_inner);
        let passed = sink.write_all(&self.line[..length]);
        self.line.drain(..length);
        passed?;
        sink.flush()
    }
}

impl Write for ErrorLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = self.line.iter().rposition(|&b| b == b'\n') {
            self.pass_on(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        self.line.push(b'\n');
        self.pass_on(self.line.len())
    }
}

impl Clone for ErrorLog {
    fn clone(&self) -> Self {
        Self { sink: Arc::clone(&self.sink), line: Vec::new() }
    }
}

impl Drop for ErrorLog {
    fn drop(&mut self) {
        // Whoever lets go of a log cannot be told that it failed.
        let _ = self.flush();
    }
}

#[cfg(feature = "log")]
impl ErrorLog {
    /// Makes this the place where the records of the crate `log` go,
    /// for the rest of the process.
    ///
    /// # Errors
    ///
    /// There is such a place already.
    pub fn install(
        self,
        most: log::LevelFilter,
    ) -> Result<(), log::SetLoggerError> {
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(most);
        Ok(())
    }
}

#[cfg(feature = "log")]
impl log::Log for ErrorLog {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        let (level, target) = (record.level(), record.target());
        // Whoever logs cannot be told that the log has failed.
        let _ = writeln!(
            self.clone(),
            "{level} {target}: {}",
            record.args()
        );
    }

    fn flush(&self) {}
}
