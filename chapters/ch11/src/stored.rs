//! An id in the cookie, and everything else in a store.

use crate::small::cookie;
use gateway::{Application, Environ, StartResponse};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of a visitor.
#[derive(Clone, Default)]
struct Session {
    name: String,
    visits: u32,
}

type Sessions = BTreeMap<String, Session>;

/// Greets a visitor, and counts the visits. Between reading and
/// writing it thinks: asks a database, say.
pub fn application(
    think: impl Fn(&Environ) + Send + Sync,
) -> impl Application + Send + Sync {
    let sessions = Mutex::new(Sessions::new());
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let known = cookie(environ, "id").map(str::to_string);
        let id = known.unwrap_or_else(|| new_id(&lock(&sessions)));
        let found = lock(&sessions).get(&id).cloned();
        let mut session = found.unwrap_or_default();
        session.visits += 1;
        if let Some(name) = environ.query()?.get("name") {
            session.name = name.into();
        }
        think(environ);
        let page =
            format!("{}, visit {}\n", session.name, session.visits);
        let set = format!("id={id}");
        lock(&sessions).insert(id, session);
        let headers =
            [("Content-Type", "text/plain"), ("Set-Cookie", &set)];
        Ok(start_response("200 OK", &headers)?.body(page))
    }
}

/// A number that nobody has yet.
fn new_id(sessions: &Sessions) -> String {
    (sessions.len() + 1).to_string()
}

fn lock(sessions: &Mutex<Sessions>) -> MutexGuard<'_, Sessions> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}
