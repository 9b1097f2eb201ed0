//! The end of a server: who is still working, and for how long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Stop {
    is_asked: AtomicBool,
    workers: Mutex<usize>,
    changed: Condvar,
}

impl Stop {
    pub(crate) fn ask(&self) {
        let workers = self.workers();
        self.is_asked.store(true, Ordering::Release);
        drop(workers);
        self.changed.notify_all();
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Acquire)
    }

    fn workers(&self) -> MutexGuard<'_, usize> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a worker for as long as it works.
    pub(crate) fn counted<T>(&self, work: impl FnOnce() -> T) -> T {
        *self.workers() += 1;
        let _counted = Counted(self);
        work()
    }

    /// Waits until a stop is asked for, and then for the workers to
    /// end. Tells whether they did within the limit.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let asked = self
            .changed
            .wait_while(self.workers(), |_| !self.is_asked())
            .unwrap_or_else(PoisonError::into_inner);
        let (workers, _) = self
            .changed
            .wait_timeout_while(asked, limit, |count| *count > 0)
            .unwrap_or_else(PoisonError::into_inner);
        *workers == 0
    }
}

/// A worker that is counted, whatever ends it.
struct Counted<'a>(&'a Stop);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        *self.0.workers() -= 1;
        self.0.changed.notify_all();
    }
}
