use std::time::{Duration, SystemTime};

/// Is a session over, `now`?
///
/// It was `begun` once, and `used` last. It is over when it has not
/// been used for as long as `idle`; and when it is as old as
/// `lifetime`, however much it is used. When exactly that much time has
/// passed, it is over.
///
/// Each of the limits counts alone. One of `Duration::MAX` is never
/// reached, and one of zero has been reached at once.
///
/// A computer's clock is set by people and by other computers, and may
/// go back. A time that is still to come counts as if it were `now`.
pub fn is_over(
    now: SystemTime,
    begun: SystemTime,
    used: SystemTime,
    idle: Duration,
    lifetime: Duration,
) -> bool {
    let _ = (begun, used, idle, lifetime);
    todo!("exercise 11.4: is it over at {now:?}?")
}
