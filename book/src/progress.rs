//! One line on what takes time.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

/// Counts the programs that are run for the book.
pub struct Progress {
    total: Cell<usize>,
    done: Cell<usize>,
    is_terminal: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            total: Cell::new(0),
            done: Cell::new(0),
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// How many there will be.
    pub fn expect(&self, total: usize) {
        self.total.set(total);
    }

    /// Counts one more.
    pub fn count(&self) {
        self.done.set(self.done.get() + 1);
    }

    /// Says that the last one counted is being run.
    pub fn running(&self, what: &str) {
        let (done, total) = (self.done.get(), self.total.get());
        let what = what.lines().next().unwrap_or_default();
        let what: String = what.chars().take(56).collect();
        self.show(&format!("building: {done}/{total} {what}"));
    }

    /// Says what is being done.
    pub fn show(&self, text: &str) {
        // Progress that nobody can see is not worth an error.
        let _ = match self.is_terminal {
            true => write!(io::stderr(), "\r\x1b[2K{text}"),
            false => writeln!(io::stderr(), "{text}"),
        };
        let _ = io::stderr().flush();
    }

    /// Clears the line.
    pub fn finish(&self) {
        if self.is_terminal {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
