//! What `serving/sync.rs` has, of shuttle's making.

pub(crate) use shuttle::sync::{Condvar, Mutex};
use shuttle::{sync, thread};
use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;
use std::time::Duration;

pub(crate) struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    guard: sync::MutexGuard<'a, T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
    MutexGuard { mutex, guard }
}

/// A wait with a limit may end at any moment, so it does: nothing may
/// hang on a call that comes before.
pub(crate) fn rest<'a, T>(
    on: &Condvar,
    MutexGuard { mutex, guard }: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    if limit.is_some() {
        drop(guard);
        thread::yield_now();
        return lock(mutex);
    }
    let guard = on.wait(guard).unwrap_or_else(PoisonError::into_inner);
    MutexGuard { mutex, guard }
}
