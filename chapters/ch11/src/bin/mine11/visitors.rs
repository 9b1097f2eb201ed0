//! What is known of the visitors, in memory: a session comes to its end
//! by 11.4, and takes in what a request has changed by 11.3.

use crate::chapter11;
use crate::mine::piece;
use gateway::Result;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

pub type Values = BTreeMap<String, String>;

/// All sessions.
pub struct Visitors {
    idle: Duration,
    lifetime: Duration,
    sessions: Mutex<Sessions>,
    /// Rung at each change.
    bell: Condvar,
}

#[derive(Default)]
struct Sessions {
    by_id: BTreeMap<String, Session>,
    /// How many there have been.
    changes: u64,
}

struct Session {
    begun: SystemTime,
    used: SystemTime,
    values: Values,
}

/// A session in the hands of a request.
pub struct Visit {
    id: String,
    /// What it was.
    read: Values,
    /// What the request makes of it.
    pub left: Values,
    /// How many changes there had been.
    changes: u64,
}

/// The longest that a request waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

impl Visitors {
    pub fn new(idle: Duration, lifetime: Duration) -> Self {
        let (sessions, bell) = (Mutex::default(), Condvar::new());
        Self { idle, lifetime, sessions, bell }
    }

    /// Begins a session, and returns its id.
    pub fn begin(&self, values: Values) -> Result<String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let id = format!("{:032x}", u128::from_ne_bytes(bytes));
        let mut sessions = self.lock();
        self.keep(&mut sessions, &id, Some(values));
        Ok(id)
    }

    /// The session of an id, if there is one.
    pub fn visit(&self, id: &str) -> Option<Visit> {
        let now = SystemTime::now();
        let is_over = piece!(chapter11::is_over);
        let mut sessions = self.lock();
        let changes = sessions.changes;
        sessions.by_id.retain(|_, Session { begun, used, .. }| {
            !is_over(now, *begun, *used, self.idle, self.lifetime)
        });
        let session = sessions.by_id.get_mut(id)?;
        session.used = now;
        let (id, read) = (id.to_string(), session.values.clone());
        Some(Visit { id, left: read.clone(), read, changes })
    }

    /// Keeps what a request has changed. Was the session still there?
    pub fn save(&self, visit: &Visit) -> bool {
        let Visit { id, read, left, .. } = visit;
        let mut sessions = self.lock();
        let session = sessions.by_id.get(id);
        let stored = session.map(|session| session.values.clone());
        let merged = piece!(chapter11::merged)(stored, read, left);
        self.keep(&mut sessions, id, merged)
    }

    /// Ends a session, at once and for all its requests.
    pub fn end(&self, id: &str) {
        let mut sessions = self.lock();
        self.keep(&mut sessions, id, None);
    }

    /// Waits until something has changed since a request came.
    pub fn wait(&self, visit: &Visit) {
        let is_same =
            |sessions: &mut Sessions| sessions.changes == visit.changes;
        let sessions = self.lock();
        let _ =
            self.bell.wait_timeout_while(sessions, PATIENCE, is_same);
    }

    /// Is there a session then?
    fn keep(
        &self,
        sessions: &mut Sessions,
        id: &str,
        values: Option<Values>,
    ) -> bool {
        let before = sessions.by_id.remove(id);
        sessions.changes += 1;
        self.bell.notify_all();
        let Some(values) = values else { return false };
        let now = SystemTime::now();
        let times = before.map(|session| (session.begun, session.used));
        let (begun, used) = times.unwrap_or((now, now));
        let session = Session { begun, used, values };
        sessions.by_id.insert(id.into(), session);
        true
    }

    /// What a panic of a piece has left is whole.
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
