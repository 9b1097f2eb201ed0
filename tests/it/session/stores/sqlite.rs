//! Sessions in a database of SQLite.

use super::{FAR, KEY, OTHER, load, put, record};
use crate::session::places::Place;
use crate::support::Folder;
use gateway::middleware::session::{Record, SqliteStore, Store};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn connection(place: &Place) -> Connection {
    Connection::open(place.folder.path("sessions.db")).unwrap()
}

pub fn damage(place: &Place, key: &str, bytes: &[u8]) {
    let connection = connection(place);
    // As a text, whatever it is.
    let update = "UPDATE gateway_session
        SET record = CAST(?2 AS TEXT) WHERE key = ?1";
    let changed = connection.execute(update, (key, bytes)).unwrap();
    assert_eq!(changed, 1);
}

pub fn keys(place: &Place) -> Vec<String> {
    all_keys(&place.folder.path("sessions.db"))
}

fn all_keys(file: &Path) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    let select = "SELECT key FROM gateway_session ORDER BY key";
    let mut select = connection.prepare(select).unwrap();
    let keys = select.query_map([], |row| row.get(0)).unwrap();
    keys.map(Result::unwrap).collect()
}

#[test]
fn a_record_that_is_no_text_is_an_error_that_names_it() {
    let folder = Folder::new("sessions-blob");
    let file = folder.path("sessions.db");
    let store = SqliteStore::open(&file).unwrap();
    put(&store, &record(KEY, &[]));
    let connection = Connection::open(&file).unwrap();
    let update = "UPDATE gateway_session SET record = x'00ff'";
    connection.execute(update, ()).unwrap();
    let error = store.load(KEY).unwrap_err().to_string();
    let start = format!("{}, session {KEY}: ", file.display());
    assert!(error.starts_with(&start), "{error}");
    let error = store.update(KEY, &mut |_| panic!()).unwrap_err();
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[test]
fn what_is_no_database_is_named() {
    let folder = Folder::new("sessions-no-database");
    let text = folder.path("text");
    fs::write(&text, "A guest book, and no database.\n".repeat(99))
        .unwrap();
    let below = folder.path("nowhere").join("sessions.db");
    for file in [text, below, folder.path("")] {
        let error = SqliteStore::open(&file).unwrap_err().to_string();
        let start = format!("{}: ", file.display());
        assert!(error.starts_with(&start), "{error}");
    }
}

#[test]
fn a_table_of_another_shape_is_an_error() {
    let folder = Folder::new("sessions-shape");
    let file = folder.path("sessions.db");
    let connection = Connection::open(&file).unwrap();
    let table = "CREATE TABLE gateway_session (id)";
    connection.execute(table, ()).unwrap();
    let error = SqliteStore::open(&file).unwrap_err().to_string();
    assert!(error.contains("sessions.db"), "{error}");
}

#[test]
fn what_else_is_in_the_database_stays() {
    let folder = Folder::new("sessions-beside");
    let file = folder.path("site.db");
    let connection = Connection::open(&file).unwrap();
    let table = "CREATE TABLE sessions (talk); \
        INSERT INTO sessions VALUES ('Opening')";
    connection.execute_batch(table).unwrap();
    let store = SqliteStore::open(&file).unwrap();
    put(&store, &record(KEY, &[]));
    let talks = "SELECT talk FROM sessions";
    let talk: String =
        connection.query_row(talks, (), |row| row.get(0)).unwrap();
    assert_eq!(talk, "Opening");
}

#[test]
fn what_is_over_goes_when_a_session_begins() {
    let folder = Folder::new("sessions-over");
    let file = folder.path("sessions.db");
    let store = SqliteStore::open(&file).unwrap();
    let never = Record { expires: u64::MAX, ..record(KEY, &[]) };
    put(&store, &never);
    put(&store, &Record { expires: 1, ..record(OTHER, &[]) });
    assert_eq!(all_keys(&file), [OTHER, KEY]);
    put(&store, &never);
    assert_eq!(all_keys(&file), [OTHER, KEY]);
    put(&store, &record(FAR, &[]));
    assert_eq!(all_keys(&file), [KEY, FAR]);
}

/// So that it is not undone by a power cut, and readers do not wait.
#[test]
fn the_database_has_a_log_of_what_is_written() {
    let folder = Folder::new("sessions-wal");
    let file = folder.path("sessions.db");
    let store = SqliteStore::open(&file).unwrap();
    put(&store, &record(KEY, &[]));
    assert!(folder.path("sessions.db-wal").exists());
    assert!(load(&store, KEY).is_some());
}

/// Two that find a new file do so at once, and SQLite does not wait.
#[test]
fn who_cannot_have_the_log_does_without() {
    let folder = Folder::new("sessions-no-wal");
    let file = folder.path("sessions.db");
    drop(SqliteStore::open(&file).unwrap());
    let connection = Connection::open(&file).unwrap();
    let pragma = "PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE";
    connection.execute_batch(pragma).unwrap();
    let store = SqliteStore::open(&file).unwrap();
    assert_eq!(load(&store, KEY), None);
    connection.execute_batch("COMMIT").unwrap();
    put(&store, &record(KEY, &[]));
    assert_eq!(all_keys(&file), [KEY]);
}
