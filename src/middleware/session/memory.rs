//! Sessions in the memory of one process.

use super::{Change, Record, Store};
use crate::{Failure, Result};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps sessions as long as the process lives. No other process sees
/// them, so it is not for CGI.
///
/// It holds 100,000 sessions. When they are that many, those that are
/// over go; while all are in use, a new one is refused with `503
/// Service Unavailable`.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: Mutex<BTreeMap<String, Record>>,
}

const MOST: usize = 100_000;

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a panic has left is whole: it is changed in one step.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        Ok(self.lock().get(key).cloned())
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        let mut records = self.lock();
        let before = records.get(key).cloned();
        let is_new = before.is_none();
        let after = change(before)?;
        if is_new && after.is_some() && records.len() >= MOST {
            records.retain(|_, record| !record.is_over());
            if records.len() >= MOST {
                let reason = format!("{MOST} sessions are in use");
                let status = "503 Service Unavailable";
                Err(Failure::new(status, reason))?;
            }
        }
        records.remove(key);
        if let Some(record) = after {
            records.insert(record.key.clone(), record);
        }
        Ok(())
    }
}
