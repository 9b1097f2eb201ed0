//! One line on what takes time.

use crate::run::terminal;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where lines cannot take each other's place, one is written for so
/// many programs.
const STEP: usize = 10;

/// Counts the programs that are run for the book.
pub struct Progress {
    total: AtomicUsize,
    done: AtomicUsize,
    /// How many lines were written.
    lines: AtomicUsize,
    is_replaced: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            total: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            lines: AtomicUsize::new(0),
            is_replaced: terminal::obeys(&io::stderr()),
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
        let lines = done / STEP + 1;
        let before = self.lines.fetch_max(lines, Ordering::Relaxed);
        if self.is_replaced || before < lines {
            let what = what.lines().next().unwrap_or_default();
            let what = in_words(what);
            self.show(&format!("building: {done}/{total} {what}"));
        }
    }

    /// Says what is being done.
    pub fn show(&self, text: &str) {
        let mut err = io::stderr();
        // A line that is full would not be cleared whole.
        let most = terminal::width(&err).saturating_sub(1);
        let text: String = text.chars().take(most).collect();
        // Progress that nobody can see is not worth an error.
        let _ = match self.is_replaced {
            true => write!(err, "\r\x1b[2K{text}"),
            false => writeln!(err, "{text}"),
        };
        let _ = err.flush();
    }

    /// Clears the line.
    pub fn finish(&self) {
        if self.is_replaced {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}

/// What a figure does, in words that are not the project's.
fn in_words(what: &str) -> String {
    let (kind, rest) = what.split_once(' ').unwrap_or((what, ""));
    let verb = match kind {
        "console" => "running",
        "exchange" => "asking",
        "sabotage" => "breaking",
        "compile-fail" => "compiling",
        _ => return what.into(),
    };
    format!("{verb} {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_told_in_plain_words() {
        let told = in_words("sabotage src/input.rs cargo test");
        assert_eq!(told, "breaking src/input.rs cargo test");
        assert_eq!(in_words("pages"), "pages");
    }
}
