//! A CGI program with sessions, for the tests: PATH_INFO says what it
//! does to its visitor's, and the variable SESSIONS where they are.

use gateway::middleware::session::{
    FileStore, Session, Store, session,
};
use gateway::{Application, Result, app};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, thread};

fn main() -> ExitCode {
    let place = env::var("SESSIONS").unwrap_or_default();
    match open(&place) {
        Ok(store) => gateway::cgi::run(application(store)),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A store of the kind that a place begins with.
pub fn open(place: &str) -> Result<Arc<dyn Store>> {
    Ok(match place.split_once(':') {
        Some(("files", folder)) => Arc::new(FileStore::new(folder)?),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", file)) => {
            use gateway::middleware::session::SqliteStore;
            Arc::new(SqliteStore::open(file)?)
        }
        #[cfg(feature = "redis")]
        Some(("redis+unix", _)) => {
            use gateway::middleware::session::RedisStore;
            Arc::new(RedisStore::open(place)?)
        }
        _ => Err(format!("no sessions in {place:?}"))?,
    })
}

/// `/change/NAME` sets the name and counts it, in one request.
pub fn application(store: Arc<dyn Store>) -> impl Application {
    let inner = app(|environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        let session = Session::of(environ)?;
        match &path.split('/').collect::<Vec<_>>()[..] {
            ["", "change", name] => {
                session.set(name, "set")?;
                session.update("count", one_more)?;
            }
            ["", "hold"] => session.update("count", hold())?,
            ["", "renew"] => session.renew()?,
            ["", "end"] => session.end()?,
            _ => return Err("no such path".into()),
        }
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body("done\n"))
    });
    session(inner, store)
}

/// A change that does not end when the store is making it; a line in
/// the log says when that is.
fn hold() -> impl Fn(Option<&str>) -> Option<String> + Send {
    let is_called = AtomicBool::new(false);
    move |count| {
        if is_called.swap(true, Ordering::Relaxed) {
            eprintln!("held");
            thread::sleep(Duration::from_secs(300));
        }
        count.map(String::from)
    }
}

fn one_more(count: Option<&str>) -> Option<String> {
    let count: u64 = count.unwrap_or("0").parse().ok()?;
    Some((count + 1).to_string())
}
