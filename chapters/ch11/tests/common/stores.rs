//! Where sessions can be kept.

#[cfg(feature = "redis")]
use crate::redis_server;

/// What SESSIONS may say, if several processes are to share them, by
/// name.
pub fn shared() -> Vec<(&'static str, String)> {
    let mut stores = vec![("files", "HERE/sessions".into())];
    if cfg!(feature = "sqlite") {
        stores.push(("sqlite", "sqlite:HERE/sessions.db".into()));
    }
    stores.extend(redis().map(|url| ("redis", url)));
    stores
}

/// An empty database of the tests' Redis, if it is installed.
#[cfg(feature = "redis")]
pub fn redis() -> Option<String> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Some(redis_server::shared()?.database(number))
}

#[cfg(not(feature = "redis"))]
pub fn redis() -> Option<String> {
    None
}
