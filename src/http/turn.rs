//! Whose turn it is to watch.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Hands the watch from worker to worker.
///
/// To wake another one takes longer than a short answer does. So who
/// leaves the watch is given a moment to come back, if there is
/// nothing else to do yet.
#[derive(Default)]
pub(crate) struct Turn {
    left: Mutex<Left>,
    changed: Condvar,
}

/// Was the watch left, since somebody tried to take it?
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    #[default]
    Not,
    /// By one who may be back in a moment.
    Briefly,
    /// While there was more to do.
    InNeed,
}

/// How long that is: many short answers, and not much beside one that
/// makes others wait.
const MOMENT: Duration = Duration::from_micros(500);

impl Turn {
    /// Takes the watch as soon as it is to be had.
    pub(crate) fn wait<T>(&self, take: impl Fn() -> Option<T>) -> T {
        loop {
            if let Some(watch) = take() {
                return watch;
            }
            self.rest();
        }
    }

    fn rest(&self) {
        let left = self
            .changed
            .wait_while(self.left(), |left| *left == Left::Not)
            .unwrap_or_else(PoisonError::into_inner);
        let (mut left, _) = self
            .changed
            .wait_timeout_while(left, MOMENT, |left| {
                *left == Left::Briefly
            })
            .unwrap_or_else(PoisonError::into_inner);
        *left = Left::Not;
    }

    /// Tells that the watch is free now.
    pub(crate) fn leave(&self, is_more_to_do: bool) {
        let now = match is_more_to_do {
            true => Left::InNeed,
            false => Left::Briefly,
        };
        let mut left = self.left();
        if *left < now {
            *left = now;
            drop(left);
            self.changed.notify_one();
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, mpsc};
    use std::thread;

    #[test]
    fn a_watch_that_was_left_is_taken_by_one_who_rests() {
        for is_more_to_do in [false, true] {
            let shared = Arc::new((Turn::default(), Mutex::new(())));
            let (turn, watch) = &*shared;
            let held = watch.lock();
            let (taken, is_taken) = mpsc::channel();
            let theirs = Arc::clone(&shared);
            thread::spawn(move || {
                let (turn, watch) = &*theirs;
                let _watch = turn.wait(|| watch.try_lock().ok());
                taken.send(()).expect("the test waits");
            });
            let early = is_taken.recv_timeout(20 * MOMENT);
            assert!(early.is_err(), "it was not free yet");
            drop(held);
            turn.leave(is_more_to_do);
            let late = is_taken.recv_timeout(Duration::from_secs(5));
            assert!(late.is_ok(), "nobody watches");
        }
    }
}
