//! Where this chapter's program keeps its sessions.

use gateway::Result;
#[cfg(feature = "redis")]
use gateway::middleware::session::RedisStore;
#[cfg(feature = "sqlite")]
use gateway::middleware::session::SqliteStore;
use gateway::middleware::session::{FileStore, MemoryStore, Store};
use std::env;
use std::sync::Arc;

/// What the variable SESSIONS says: `memory`, `sqlite:FILE`,
/// `redis://…`, or a folder, which is `sessions` if it says nothing.
pub fn store() -> Result<Arc<dyn Store>> {
    let place = env::var_os("SESSIONS").unwrap_or("sessions".into());
    let text = place.to_str().unwrap_or_default();
    Ok(match text.split_once(':') {
        _ if text == "memory" => Arc::new(MemoryStore::new()),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", file)) => Arc::new(SqliteStore::open(file)?),
        #[cfg(feature = "redis")]
        Some(("redis" | "redis+unix", _)) => {
            Arc::new(RedisStore::open(text)?)
        }
        #[allow(
            unreachable_patterns,
            reason = "when both are built in"
        )]
        Some((kind @ ("sqlite" | "redis" | "redis+unix"), _)) => {
            let command = "cargo run -p ch11 --features redis,sqlite";
            Err(format!("{kind} is not built in; {command}"))?
        }
        _ => Arc::new(FileStore::new(place)?),
    })
}
