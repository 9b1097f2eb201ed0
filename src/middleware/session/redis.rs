//! Sessions in a Redis server.

use super::store::named;
use super::{Change, Record, Store};
use crate::Result;
use redis::{Client, Connection, Pipeline, Value, pipe};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Keeps sessions in a Redis server, 6.2 or later, for all processes of
/// several machines. It forgets by itself those that are over.
///
/// It is one server, and not a cluster, in which two keys of a change
/// may be in two places. How much of them outlives the server is for
/// its settings to say. One that is full has to refuse all changes
/// (`maxmemory-policy noeviction`), lest it forget whom it likes. If
/// the connection breaks while the server makes a change, nobody knows
/// whether it was made; that is an error.
///
/// ```no_run
/// use gateway::middleware::session::{RedisStore, session};
///
/// # let app = gateway::app(|_, _| Err("no paper".into()));
/// let store = RedisStore::open("redis://127.0.0.1:6379/0")?;
/// let app = session(app, store);
/// # Ok::<(), gateway::Error>(())
/// ```
pub struct RedisStore {
    client: Client,
    /// Connections that nobody uses now.
    idle: Mutex<Vec<Connection>>,
}

/// How long is waited for each answer of the server.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last time that Redis can have, which counts milliseconds.
const LAST: u64 = i64::MAX as u64 / 1000;

impl RedisStore {
    /// Uses the server at `url`:
    /// `redis://[user:password@]host[:port][/database]`, or
    /// `redis+unix:///path[?db=database]`.
    ///
    /// It connects when somebody asks for a session.
    ///
    /// # Errors
    ///
    /// It is not such a URL.
    pub fn open(url: &str) -> Result<Self> {
        Ok(Self { client: Client::open(url)?, idle: Mutex::default() })
    }

    /// What a panic has left is whole: it is changed in one step.
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, over a connection that is then the caller's.
    fn ask(
        &self,
        key: &str,
        question: &Pipeline,
    ) -> Result<(Connection, Option<Record>)> {
        let idle = self.idle().pop();
        let (connection, found) = match idle.map(|c| ask(c, question)) {
            Some(Ok(answered)) => answered,
            // The server may have been started anew, or have closed it;
            // and a question may be asked twice.
            _ => {
                let connected = self.connect();
                let answered = connected.and_then(|c| ask(c, question));
                named(self.place(key), answered)?
            }
        };
        let record = found.map(|bytes| {
            Record::from_text(key, &String::from_utf8(bytes)?)
        });
        Ok((connection, named(self.place(key), record.transpose())?))
    }

    fn connect(&self) -> redis::RedisResult<Connection> {
        let connection =
            self.client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }

    /// Where it is, for an error: without the password.
    fn place(&self, key: &str) -> String {
        let server = self.client.get_connection_info().addr();
        format!("Redis, {server}, {}", name(key))
    }
}

/// A connection that fails is closed: what still comes over it would be
/// the answer to something else.
fn ask(
    mut connection: Connection,
    question: &Pipeline,
) -> redis::RedisResult<(Connection, Option<Vec<u8>>)> {
    let (found,) = question.query(&mut connection)?;
    Ok((connection, found))
}

fn name(key: &str) -> String {
    format!("gateway_session:{key}")
}

impl Store for RedisStore {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        let question = pipe().cmd("GET").arg(name(key)).to_owned();
        let (connection, record) = self.ask(key, &question)?;
        self.idle().push(connection);
        Ok(record)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        let name = name(key);
        let mut question = pipe();
        question.cmd("WATCH").arg(&name).ignore();
        question.cmd("GET").arg(&name);
        loop {
            let (mut connection, before) = self.ask(key, &question)?;
            let after = change(before)?;
            let commands = transaction(key, after);
            let answered = commands.query(&mut connection);
            let (answer,): (Value,) = named(self.place(key), answered)?;
            self.idle().push(connection);
            // Nil: somebody else was faster.
            if answer != Value::Nil {
                return Ok(());
            }
        }
    }
}

/// What is done at once, or not at all. None of it may fail when it is
/// its turn: Redis would do the rest.
///
/// The crate's own transaction panics where MULTI is not allowed.
fn transaction(key: &str, after: Option<Record>) -> Pipeline {
    let mut commands = pipe();
    commands.cmd("MULTI").ignore();
    if let Some(record) = &after {
        let expires = record.expires.clamp(1, LAST); // zero is refused
        commands.cmd("SET").arg(name(&record.key));
        commands.arg(record.to_text()).arg("EXAT").arg(expires);
        commands.ignore();
    }
    if after.is_none_or(|record| record.key != key) {
        commands.cmd("DEL").arg(name(key)).ignore();
    }
    commands.cmd("EXEC");
    commands
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
