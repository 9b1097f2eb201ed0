//! Where sessions can be, for several handles and processes.

#[cfg(feature = "redis")]
use super::redis_server;
use super::session_cgi;
use crate::support::Folder;
use gateway::Result;
use gateway::middleware::session::{Change, Record, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An empty place of one kind. What is in it goes with this value.
pub struct Place {
    pub name: &'static str,
    /// What the variable SESSIONS of `session_cgi` is then.
    pub text: String,
    pub folder: Folder,
}

impl Place {
    /// Another handle on the same sessions.
    pub fn open(&self) -> Arc<dyn Store> {
        session_cgi::open(&self.text).unwrap()
    }
}

/// An empty one of each kind that several processes can share.
pub fn places() -> Vec<Arc<Place>> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let place = |name, text: &dyn Fn(&Folder) -> String| {
        let folder = Folder::new(&format!("sessions-{number}-{name}"));
        Arc::new(Place { name, text: text(&folder), folder })
    };
    let mut places = vec![place("files", &|folder| {
        format!("files:{}", folder.path("sessions").display())
    })];
    if cfg!(feature = "sqlite") {
        places.push(place("sqlite", &|folder| {
            format!("sqlite:{}", folder.path("sessions.db").display())
        }));
    }
    #[cfg(feature = "redis")]
    if let Some(server) = redis_server::shared() {
        places.push(place("redis", &|_| server.database(number)));
    }
    places
}

/// A handle on a place that nobody else has.
pub struct Own {
    pub store: Arc<dyn Store>,
    /// It goes with the store.
    pub _place: Arc<Place>,
}

impl Store for Own {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.store.load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        self.store.update(key, change)
    }
}
