//! Where this chapter's program keeps its sessions.

use gateway::Result;
use gateway::middleware::session::{MemoryStore, Store};
use std::env;
use std::sync::Arc;

/// What the variable SESSIONS says: `memory`, `sqlite:FILE`,
/// `redis://…`, or a folder, which is `sessions` if it says nothing.
pub fn store() -> Result<Arc<dyn Store>> {
    let place = env::var("SESSIONS").unwrap_or("sessions".into());
    if place == "memory" {
        return Ok(Arc::new(MemoryStore::new()));
    }
    todo!("the others")
}
