use std::time::Duration;

/// What is left of the patience with a client, or `None` if it is used
/// up.
pub fn patience(
    left: Duration,
    waited: Duration,
    bytes: u64,
    limit: Duration,
) -> Option<Duration> {
    let earned = Duration::from_millis(bytes);
    left.saturating_add(earned).min(limit).checked_sub(waited)
}
