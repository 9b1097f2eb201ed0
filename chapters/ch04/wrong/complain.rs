//! The check of exercise 4.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::io::{self, Write};

pub const READ: &str = "Whole lines";

pub const HINT: &str = "`format!` makes the whole line in memory, its \
    line end included. What writes a slice of bytes, all of it?";

type Answer = fn(&mut dyn Write, &str, &str) -> io::Result<()>;

const LINE: &str = "The log gets the path, a colon and a space, the \
    error, and a line end.";
const ONE: &str = "Each piece was a write of its own, and between two \
    of them another process could have written: make the line first, \
    its end included, and write it at once.";
const ALL: &str = "This log takes some bytes at a time, as `write` may; \
    `write_all` goes on until all of them are written.";
const ERROR: &str = "The log could not be written, and the caller was \
    told that all is well.";

/// As much at a time as there is.
const MOST: usize = usize::MAX;

/// A log that keeps each write, and takes so many bytes at a time.
struct Writes(Vec<String>, usize);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(io::Error::other("the disk is full"));
        }
        let taken = &bytes[..bytes.len().min(self.1)];
        self.0.push(String::from_utf8_lossy(taken).into_owned());
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn check(complain: Answer) -> Verdict {
    let written = |path: &str, error: &str, most| {
        let mut log = Writes(Vec::new(), most);
        match complain(&mut log, path, error) {
            Ok(()) => Ok(log.0),
            Err(error) => Err(error.to_string()),
        }
    };
    let case = |path: &str, error: &str| {
        let sent = format!("complain(log, {path:?}, {error:?})");
        let line = format!("{path}: {error}\n");
        let text = || written(path, error, MOST).map(|w| w.concat());
        expect(sent.clone(), text, Ok(line.clone()), LINE)?;
        let writes = || written(path, error, MOST);
        expect(sent, writes, Ok(vec![line]), ONE)
    };
    case("/x", "lost")?;
    case("", "")?;
    case("/shop", &"tea ".repeat(500))?;
    case("/shop", &"tea ".repeat(50_000))?;
    let text = || written("/x", "lost", 3).map(|w| w.concat());
    let sent = "complain(log, \"/x\", \"lost\"), and a log that takes \
                3 bytes at a time";
    expect(sent, text, Ok("/x: lost\n".into()), ALL)?;
    let failed = || written("/x", "lost", 0);
    let sent = "complain(log, \"/x\", \"lost\"), and a full disk";
    expect(sent, failed, Err("the disk is full".into()), ERROR)
}

pub const WRONG: [(&str, Answer); 6] = [
    // A line made, and its end in a write of its own.
    (ONE, |log, path, error| {
        let line = format!("{path}: {error}");
        writeln!(log, "{line}")
    }),
    // No line end: the next message follows on the same line.
    (LINE, |log, path, error| {
        log.write_all(format!("{path}: {error}").as_bytes())
    }),
    // As much as the log likes.
    (ALL, |log, path, error| {
        let line = format!("{path}: {error}\n");
        log.write(line.as_bytes()).map(drop)
    }),
    // An error that nobody hears of.
    (ERROR, |log, path, error| {
        let line = format!("{path}: {error}\n");
        let _ = log.write_all(line.as_bytes());
        Ok(())
    }),
    // A buffer, which is large enough for most lines.
    (ONE, |log, path, error| {
        let mut log = io::BufWriter::new(log);
        writeln!(log, "{path}: {error}")?;
        log.flush()
    }),
    // No longer than what some systems write at once.
    (LINE, |log, path, error| {
        let mut line = format!("{path}: {error}");
        line.truncate(4095);
        log.write_all((line + "\n").as_bytes())
    }),
];
