//! One thing that is done with a session, in a request of its own; and
//! stores that tell, or fail.

use super::Visitor;
use gateway::middleware::session::{
    Change, Record, Session, Sessions, Store, session,
};
use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Result, app};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

pub const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// A site that shows what `act` makes of the session.
pub fn site(
    store: &Arc<dyn Store>,
    act: impl Fn(&Session) -> Result<String>,
) -> Sessions<impl Application> {
    let inner = app(move |environ, start_response| {
        let shown = act(&Session::of(environ)?)?;
        Ok(start_response("200 OK", &TEXT)?.body(shown))
    });
    session(inner, Arc::clone(store))
}

impl Visitor {
    /// Sends a request in which `act` is done, and expects it to
    /// succeed without a word in the log.
    #[track_caller]
    pub fn does(
        &mut self,
        store: &Arc<dyn Store>,
        act: impl Fn(&Session) -> Result<()>,
    ) -> Answer {
        let site = site(store, |session| {
            act(session)?;
            Ok(String::new())
        });
        let answer = self.get(&site, "/");
        let said = (answer.status.as_str(), answer.log.as_str());
        assert_eq!(said, ("200 OK", ""));
        answer
    }

    #[track_caller]
    pub fn sets(
        &mut self,
        store: &Arc<dyn Store>,
        name: &str,
        value: &str,
    ) -> Answer {
        self.does(store, |session| session.set(name, value))
    }

    /// The value of a name, or a dash.
    #[track_caller]
    pub fn sees(
        &mut self,
        store: &Arc<dyn Store>,
        name: &str,
    ) -> String {
        let site = site(store, |session| {
            Ok(session.get(name)?.unwrap_or("-".into()))
        });
        let answer = self.get(&site, "/");
        assert_eq!(answer.log, "");
        answer.text().into_owned()
    }

    /// Somebody who has this in Cookie.
    pub fn with(cookie: impl Into<String>) -> Self {
        Self { cookie: Some(cookie.into()) }
    }

    /// Somebody with a session in which `name` is Ada.
    #[track_caller]
    pub fn ada(store: &Arc<dyn Store>) -> Self {
        let mut ada = Self::default();
        ada.sets(store, "name", "Ada");
        assert!(ada.cookie.is_some());
        ada
    }

    /// The id in the cookie.
    #[track_caller]
    pub fn id(&self) -> &str {
        let cookie = self.cookie.as_deref().expect("a cookie");
        cookie.split_once('=').unwrap().1
    }

    /// An environ with the cookie.
    pub fn environ(&self) -> gateway::Environ {
        let mut environ = environ("GET", "/");
        if let Some(cookie) = &self.cookie {
            environ.set("HTTP_COOKIE", cookie);
        }
        environ
    }
}

/// Another request of the same visitor while one is under way.
pub fn meanwhile(
    ada: &mut Visitor,
    store: &Arc<dyn Store>,
    slow_act: impl Fn(&Session) -> Result<()>,
    quick_act: impl Fn(&Session) -> Result<()>,
) -> Answer {
    let tab = ada.clone();
    let slow = site(store, |session| {
        session.get("name")?;
        let quick = site(store, |session| {
            quick_act(session)?;
            Ok(String::new())
        });
        let answer = ask(&quick, tab.environ());
        assert_eq!(answer.status, "200 OK", "{}", answer.log);
        slow_act(session)?;
        Ok(String::new())
    });
    ada.get(&slow, "/")
}

/// The answer's Set-Cookie fields.
pub fn cookies(answer: &Answer) -> Vec<String> {
    let pairs = answer.headers.pairs().into_iter();
    let of = pairs.filter(|(name, _)| *name == "Set-Cookie");
    of.map(|(_, value)| value.to_string()).collect()
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// What the store has under the key of an id: half of its SHA-256.
pub fn key(id: &str) -> String {
    use sha2::{Digest, Sha256};
    let half = &Sha256::digest(id)[..16];
    half.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A store that notes what it is asked.
pub struct Noting {
    store: Arc<dyn Store>,
    asked: Mutex<Vec<String>>,
}

impl Noting {
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, asked: Mutex::default() })
    }

    /// What it was asked since this was called.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn note(&self, what: &str, key: &str) {
        self.asked.lock().unwrap().push(format!("{what} {key}"));
    }
}

impl Store for Noting {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.note("load", key);
        self.store.load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        self.note("update", key);
        self.store.update(key, change)
    }
}

/// A store that can be told to fail.
pub struct Failing {
    store: Arc<dyn Store>,
    fails: AtomicBool,
}

impl Failing {
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, fails: AtomicBool::new(false) })
    }

    pub fn set(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    fn check(&self) -> Result<()> {
        match self.fails.load(Ordering::Relaxed) {
            true => Err("the store is away".into()),
            false => Ok(()),
        }
    }
}

impl Store for Failing {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.check()?;
        self.store.load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        self.check()?;
        self.store.update(key, change)
    }
}

/// A store in which somebody else is always faster: what is changed is
/// changed again, from what is there by then.
pub struct Again {
    pub store: Arc<dyn Store>,
    /// Did that one end the session?
    pub is_ended: bool,
}

impl Store for Again {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.store.load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        change(None)?;
        change(self.store.load(key)?)?;
        if self.is_ended {
            self.store.update(key, &mut |_| Ok(None))?;
        }
        self.store.update(key, change)
    }
}
