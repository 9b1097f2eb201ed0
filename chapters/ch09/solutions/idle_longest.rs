use std::cmp::Reverse;
use std::time::Duration;

/// Which client is to make room for a newcomer, when the table is full?
pub fn idle_longest(
    clients: &[(u32, Option<Duration>)],
) -> Option<u32> {
    let idle = clients.iter().filter_map(|(key, idle)| {
        idle.map(|idle| (idle, Reverse(*key)))
    });
    idle.max().map(|(_, Reverse(key))| key)
}
