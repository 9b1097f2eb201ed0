//! Locks and waits. What a panic has left is used as it is: nothing
//! behind these locks is ever half done.

use std::sync::PoisonError;
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits to be called, as long as the limit says, or less.
pub(crate) fn rest<'a, T>(
    on: &Condvar,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    match limit {
        None => on.wait(guard).unwrap_or_else(PoisonError::into_inner),
        Some(limit) => {
            let rested = on.wait_timeout(guard, limit);
            rested.unwrap_or_else(PoisonError::into_inner).0
        }
    }
}
