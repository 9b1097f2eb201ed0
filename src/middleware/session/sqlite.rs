//! Sessions in a database of SQLite.

use super::store::{named, now};
use super::{Change, Record, Store};
use crate::Result;
use rusqlite::TransactionBehavior::Immediate;
use rusqlite::{Connection, OptionalExtension, Transaction};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Keeps sessions in a table of an SQLite database: in one file, for
/// all processes of one machine. What else is in the database stays as
/// it is.
///
/// Sessions that are over are removed when another one begins. Who may
/// read the file can read what is known of the visitors, but has
/// nobody's cookie.
///
/// ```
/// use gateway::middleware::session::{Record, SqliteStore, Store};
///
/// let store = SqliteStore::open(":memory:")?;
/// let record = Record {
///     key: "900150983cd24fb0d6963f7d28e17f72".into(),
///     expires: 1_800_000_000,
///     ends: 1_900_000_000,
///     values: [("user".into(), "Ada".into())].into(),
/// };
/// store.update(&record.key, &mut |_| Ok(Some(record.clone())))?;
/// assert_eq!(store.load(&record.key)?, Some(record));
/// # Ok::<(), gateway::Error>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    file: PathBuf,
    connection: Mutex<Connection>,
}

/// With FULL, what is done is not undone by a power cut.
const SETUP: &str = "
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS gateway_session (
        key TEXT PRIMARY KEY NOT NULL,
        expires INTEGER NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS gateway_session_expires
        ON gateway_session (expires);";
const SELECT: &str =
    "SELECT record FROM gateway_session WHERE key = ?1";
const INSERT: &str =
    "INSERT OR REPLACE INTO gateway_session VALUES (?1, ?2, ?3)";
const DELETE: &str = "DELETE FROM gateway_session WHERE key = ?1";
const SWEEP: &str = "DELETE FROM gateway_session WHERE expires <= ?1";

/// How long is waited for another process.
const PATIENCE: Duration = Duration::from_secs(10);

impl SqliteStore {
    /// Opens the database in `file`, and makes what is missing: the
    /// file, and the table `gateway_session`.
    ///
    /// # Errors
    ///
    /// The file cannot be made or opened, or is something else.
    pub fn open(file: impl Into<PathBuf>) -> Result<Self> {
        let file = file.into();
        let open = || {
            let connection = Connection::open(&file)?;
            connection.busy_timeout(PATIENCE)?;
            // If two do so at once, SQLite does not wait, and one of
            // them fails. Either way of writing is right.
            let wal = "PRAGMA journal_mode = WAL";
            let _ = connection.execute_batch(wal);
            connection.execute_batch(SETUP)?;
            Ok::<_, rusqlite::Error>(Mutex::new(connection))
        };
        let connection = named(file.display(), open())?;
        Ok(Self { file, connection })
    }

    /// What a panic has left is whole: its transaction is undone.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(
        &self,
        connection: &Connection,
        key: &str,
    ) -> Result<Option<Record>> {
        let read = || {
            let mut select = connection.prepare_cached(SELECT)?;
            select.query_row([key], |row| row.get(0)).optional()
        };
        let text: Option<String> = named(self.place(key), read())?;
        let record = text.map(|text| Record::from_text(key, &text));
        named(self.place(key), record.transpose())
    }

    /// Where it is, for an error.
    fn place(&self, key: &str) -> String {
        format!("{}, session {key}", self.file.display())
    }
}

impl Store for SqliteStore {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.read(&self.lock(), key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        let mut connection = self.lock();
        // From here on nobody else writes. If this one only read at
        // first, of two that want to write one would fail.
        let begun = connection.transaction_with_behavior(Immediate);
        let transaction = named(self.place(key), begun)?;
        let before = self.read(&transaction, key)?;
        let is_new = before.is_none();
        let after = change(before)?;
        named(self.place(key), write(transaction, key, is_new, after))
    }
}

fn write(
    transaction: Transaction<'_>,
    key: &str,
    is_new: bool,
    after: Option<Record>,
) -> rusqlite::Result<()> {
    if is_new {
        transaction.prepare_cached(SWEEP)?.execute([seconds(now())])?;
    }
    transaction.prepare_cached(DELETE)?.execute([key])?;
    if let Some(record) = after {
        let expires = seconds(record.expires);
        let row = (&record.key, expires, record.to_text());
        transaction.prepare_cached(INSERT)?.execute(row)?;
    }
    transaction.commit()
}

/// A time as SQLite can have it.
fn seconds(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}
