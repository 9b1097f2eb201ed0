//! Where this chapter's program keeps its sessions.

use gateway::Result;
use gateway::middleware::session::{FileStore, MemoryStore, Store};
use std::env;
use std::sync::Arc;

/// What the variable SESSIONS says: `memory`, `sqlite:FILE`,
/// `redis://…`, or a folder, which is `sessions` if it says nothing.
pub fn store() -> Result<Arc<dyn Store>> {
    let place = env::var_os("SESSIONS").unwrap_or("sessions".into());
    let text = place.to_str().unwrap_or_default();
    match text.split_once(':') {
        _ if text == "memory" => Ok(Arc::new(MemoryStore::new())),
        Some(("sqlite", file)) => sqlite(file),
        Some(("redis" | "redis+unix", _)) => redis(text),
        _ => Ok(Arc::new(FileStore::new(place)?)),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(file: &str) -> Result<Arc<dyn Store>> {
    use gateway::middleware::session::SqliteStore;
    Ok(Arc::new(SqliteStore::open(file)?))
}

#[cfg(feature = "redis")]
fn redis(url: &str) -> Result<Arc<dyn Store>> {
    use gateway::middleware::session::RedisStore;
    Ok(Arc::new(RedisStore::open(url)?))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> Result<Arc<dyn Store>> {
    missing("sqlite")
}

#[cfg(not(feature = "redis"))]
fn redis(_: &str) -> Result<Arc<dyn Store>> {
    missing("redis")
}

#[cfg(not(all(feature = "redis", feature = "sqlite")))]
fn missing(feature: &str) -> Result<Arc<dyn Store>> {
    let command = "cargo run -p ch11 --features redis,sqlite";
    Err(format!("{feature} is not built in; {command}").into())
}
