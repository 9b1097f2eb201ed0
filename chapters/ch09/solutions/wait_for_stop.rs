use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Waits until somebody asks for a stop, or until the time is up, and
/// says whether there was a stop.
pub fn wait_for_stop(
    is_stopping: &Mutex<bool>,
    bell: &Condvar,
    limit: Duration,
) -> bool {
    let state =
        is_stopping.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = bell.wait_timeout_while(state, limit, |stop| !*stop);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}
