//! One line on what takes time.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the programs that are run for the book.
pub struct Progress {
    total: AtomicUsize,
    done: AtomicUsize,
    is_terminal: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            total: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// How many there will be.
    pub fn expect(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts one more.
    pub fn count(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Says what is being run.
    pub fn running(&self, what: &str) {
        let done = self.done.load(Ordering::Relaxed);
        let total = self.total.load(Ordering::Relaxed);
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
