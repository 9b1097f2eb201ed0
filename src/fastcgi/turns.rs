//! How many may do something at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many turns, each of which is somebody's or free.
pub(crate) struct Turns {
    free: Mutex<usize>,
    changed: Condvar,
}

impl Turns {
    pub(crate) fn new(count: usize) -> Self {
        Self { free: Mutex::new(count), changed: Condvar::new() }
    }

    /// Waits for a turn, and has it for as long as `work` takes.
    pub(crate) fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut free = self
            .changed
            .wait_while(self.free(), |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        let done = work();
        *self.free() += 1;
        self.changed.notify_one();
        done
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
