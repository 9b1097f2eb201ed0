use std::time::Duration;

/// What is left of the patience with a client, or `None` if it is used
/// up.
///
/// There was `left`. We waited for `waited`, which is taken away, and
/// so many `bytes` have come, each of which is worth a millisecond.
/// More than `limit` it can never be, before we waited, however many
/// bytes there were. It is used up when we have waited for longer than
/// there was patience; what came counts first.
///
/// With a limit of five seconds, two left, three waited and a thousand
/// and five hundred bytes, half a second is left.
pub fn patience(
    left: Duration,
    waited: Duration,
    bytes: u64,
    limit: Duration,
) -> Option<Duration> {
    todo!("exercise 8.2: {left:?} {waited:?} {bytes} {limit:?}")
}
