//! What is found, and who is told.

use super::rule::Rule;
use crate::{Environ, ErrorLog, ResponseHead, Result, exchange};
use std::io::Write;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A rule that is broken, and what shows it.
pub(super) type Found = (Rule, String);

/// What the parts of a validator know together.
#[derive(Default)]
pub(super) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    /// Nothing of the application's runs while it is held.
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What was found in one call. It is the answer as long as there is
/// none, and then a line in the log.
pub(super) struct Notes {
    request: String,
    log: ErrorLog,
    waiting: Vec<String>,
    told: Vec<Rule>,
    /// Has the head been sent?
    pub(super) is_late: bool,
    /// Was a status given that has no body?
    pub(super) is_bodiless: bool,
    /// Of the body, where it is known.
    pub(super) length: Option<u64>,
    /// Is the body still there?
    pub(super) is_open: bool,
    pub(super) bytes: Bytes,
}

impl Notes {
    pub(super) fn new(environ: &Environ) -> Self {
        Self {
            request: exchange::request(environ),
            log: environ.errors.clone(),
            waiting: Vec::new(),
            told: Vec::new(),
            is_late: false,
            is_bodiless: false,
            length: None,
            is_open: false,
            bytes: Bytes::default(),
        }
    }

    /// Notes what is found. In the log a rule has one line.
    pub(super) fn find(&mut self, who: &str, (rule, what): Found) {
        let line = format!("{who}: {rule}: {what}");
        match self.is_late {
            true if self.told.contains(&rule) => {}
            true => self.write(&line),
            false if self.waiting.contains(&line) => {}
            false => self.waiting.push(line),
        }
        self.told.push(rule);
    }

    /// The head goes out, unless something was found before.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.is_late = true;
        self.check()
    }

    /// What was found, as an error.
    pub(super) fn check(&mut self) -> Result<()> {
        match mem::take(&mut self.waiting) {
            lines if lines.is_empty() => Ok(()),
            lines => Err(lines.join("\n").into()),
        }
    }

    fn write(&mut self, line: &str) {
        let line = format!("{}: {line}\n", self.request);
        // Nobody is left to be told that a log cannot be written.
        let _ = self.log.write_all(line.as_bytes());
    }
}

impl Drop for Notes {
    /// An error was the answer: what was found stands beside it.
    fn drop(&mut self) {
        for line in mem::take(&mut self.waiting) {
            self.write(&line);
        }
    }
}

/// What the validator inside of a middleware tells the one outside.
#[derive(Default)]
pub(super) struct Inside {
    /// Did the application itself move to another place?
    pub(super) has_moved: bool,
    /// Blocks that were taken from its bodies.
    pub(super) taken: u64,
    /// Bodies of it that are still there.
    pub(super) open: u32,
    /// What the application has started, and what of that the
    /// middleware has passed on.
    pub(super) started: Option<ResponseHead>,
    pub(super) passed_on: Option<ResponseHead>,
    /// The head that the application has given in the end.
    pub(super) head: Option<ResponseHead>,
    /// Has the application written something?
    pub(super) has_written: bool,
    pub(super) bytes: Bytes,
}

/// Which bytes went by, in the body and on their way through the
/// layers.
#[derive(Default, PartialEq)]
pub(super) struct Bytes {
    pub(super) returned: Sum,
    pub(super) sent: Sum,
}

/// Stands for a sequence of bytes, however it is cut into blocks: the
/// hash is FNV-1a.
#[derive(PartialEq)]
pub(super) struct Sum(u64);

impl Default for Sum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Sum {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u64::from(*byte);
            self.0 = self.0.wrapping_mul(0x0100_0000_01b3);
        }
    }
}
