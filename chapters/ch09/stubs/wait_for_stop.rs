use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Waits until somebody asks for a stop, or until the time is up, and
/// says whether there was a stop.
///
/// Who asks for one sets `is_stopping`, and then calls `notify_all` on
/// `bell`. That may have been before we came, and others may wait for
/// it as well. The bell rings for other reasons, too, as `Condvar`s do,
/// and the time goes on meanwhile. No limit is too long.
pub fn wait_for_stop(
    is_stopping: &Mutex<bool>,
    bell: &Condvar,
    limit: Duration,
) -> bool {
    todo!("exercise 9.4: {is_stopping:?}, {bell:?}, {limit:?}")
}
