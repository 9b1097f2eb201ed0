use std::time::Duration;

/// Which client is to make room for a newcomer, when the table is full?
///
/// Each of `clients` has a key, and how long it has been idle; `None`
/// is one with a request under way, which must not be closed. It is
/// the one that has been idle longest, and of two that are alike the
/// one that came first, with the smaller key. If there is none that may
/// be closed, the newcomer has to wait, and the answer is `None`.
pub fn idle_longest(
    clients: &[(u32, Option<Duration>)],
) -> Option<u32> {
    todo!("exercise 9.3: which of {clients:?}?")
}
