use std::time::Duration;

/// What is left of the patience with a client, or `None` if it is used
/// up.
///
/// There was `left`. First add what came, a millisecond for each of the
/// `bytes`, but never go beyond `limit`; then take away the time that
/// we `waited`. It is used up when we have waited for longer than
/// there was patience. Where there is to be no limit, it is
/// `Duration::MAX`.
///
/// With a limit of five seconds, two left, three waited and fifteen
/// hundred bytes, half a second is left.
pub fn patience(
    left: Duration,
    waited: Duration,
    bytes: u64,
    limit: Duration,
) -> Option<Duration> {
    todo!("exercise 8.2: {left:?} {waited:?} {bytes} {limit:?}")
}
