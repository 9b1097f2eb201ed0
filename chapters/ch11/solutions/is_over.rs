use std::time::{Duration, SystemTime};

/// Is a session over, `now`: unused for as long as `idle`, or as old as
/// `lifetime`?
pub fn is_over(
    now: SystemTime,
    begun: SystemTime,
    used: SystemTime,
    idle: Duration,
    lifetime: Duration,
) -> bool {
    // Zero if the clock has gone back.
    let since = |time| now.duration_since(time).unwrap_or_default();
    since(used) >= idle || since(begun) >= lifetime
}
