//! What is known of a visitor, from one request to the next.
//!
//! [`session`] puts a [`Session`] into the environ. A visitor has a
//! random id in a cookie; everything else is in a [`Store`], under the
//! id's hash.

mod cookie;
mod files;
mod handle;
mod id;
mod known;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;

pub use files::FileStore;
pub use handle::Session;
pub(super) use id::random;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use store::{Change, Record, Store};

use crate::{
    Application, Block, Environ, Key, Layer, Response, ResponseHead,
    Result, StartResponse,
};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Where an application finds the session. [`Session::of`] looks there.
const PLACE: Key<Arc<Place>> = Key::new("gateway.session");

/// What lies in the environ: room for a session, which is there once
/// the application has asked for it.
struct Place {
    site: Arc<Site>,
    session: OnceLock<Session>,
    /// Was the head sent before that?
    head_is_out: AtomicBool,
}

/// Gives each visitor a [`Session`].
///
/// It costs next to nothing until the application touches it: no cookie
/// is read, no store asked, and the answer's head stays as it is. An
/// answer for which it was touched says `Vary: Cookie` and, unless the
/// application says something else, `Cache-Control: no-store`. A cookie
/// is sent when a session begins, is renewed, or ends.
///
/// Changes are stored just before the head goes out. If the application
/// fails, with a [`Failure`](crate::Failure), too, nothing has changed,
/// and the error page has none of these headers. If middleware around
/// this one fails later, they are stored all the same.
///
/// Behind a proxy it stands inside of
/// [`behind_proxy`](crate::behind_proxy), which says what is https.
///
/// ```
/// use gateway::middleware::session::{MemoryStore, Session, session};
/// use gateway::testing;
///
/// let app = gateway::app(|environ, start_response| {
///     let session = Session::of(environ)?;
///     let visits = session.get("visits")?.unwrap_or("0".into());
///     session.set("visits", visits.parse::<u32>()? + 1)?;
///     let text = [("Content-Type", "text/plain")];
///     Ok(start_response("200 OK", &text)?.body(visits))
/// });
/// let app = session(app, MemoryStore::new());
///
/// let answer = testing::get(&app, "/");
/// assert_eq!(answer.text(), "0");
/// let cookie = answer.headers.get("Set-Cookie").unwrap();
///
/// let mut environ = testing::environ("GET", "/");
/// environ.set("HTTP_COOKIE", cookie.split(';').next().unwrap());
/// let answer = testing::ask(&app, environ);
/// assert_eq!(answer.text(), "1");
/// assert_eq!(answer.headers.get("Set-Cookie"), None);
/// ```
pub fn session<A: Application>(
    app: A,
    store: impl Store + 'static,
) -> Sessions<A> {
    let site = Site {
        store: Arc::new(store),
        cookie: "gateway_session".into(),
        idle: 24 * 60 * 60,
        lifetime: 30 * 24 * 60 * 60,
        limit: 16 * 1024,
    };
    Sessions { app, site: Arc::new(site) }
}

/// An application with sessions, from [`session`].
pub struct Sessions<A> {
    app: A,
    site: Arc<Site>,
}

/// What all sessions of a site have in common.
#[derive(Clone)]
struct Site {
    store: Arc<dyn Store>,
    cookie: String,
    /// Seconds.
    idle: u64,
    lifetime: u64,
    /// Bytes.
    limit: usize,
}

impl Site {
    /// When a session is over that is used now.
    fn expires(&self, ends: u64) -> u64 {
        store::now().saturating_add(self.idle).min(ends)
    }
}

impl<A> Sessions<A> {
    /// The cookie's name, `gateway_session` unless it is said here;
    /// under https, `__Host-` goes before it. Cookies do not know of
    /// ports: two sites of one host need two names.
    ///
    /// # Panics
    ///
    /// On a name that is not of letters, digits, `-` and `_`, or begins
    /// with `__`: browsers have rules of their own for some of those.
    pub fn cookie(self, name: &str) -> Self {
        let is_one =
            |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        assert!(
            !name.is_empty()
                && name.bytes().all(is_one)
                && !name.starts_with("__"),
            "{name:?}: a cookie's name is of letters, digits, - and _, \
             and does not begin with __"
        );
        self.with(|site| site.cookie = name.into())
    }

    /// How long a session lives that is not used: a day, unless it is
    /// said here. Whole seconds count.
    ///
    /// So that not every request writes, it may be a tenth less.
    pub fn idle(self, time: Duration) -> Self {
        self.with(|site| site.idle = time.as_secs())
    }

    /// How long a session lives at most, from its beginning or its last
    /// [`Session::renew`]: 30 days, unless it is said here.
    pub fn lifetime(self, time: Duration) -> Self {
        self.with(|site| site.lifetime = time.as_secs())
    }

    /// How many bytes the names and values of a session may have:
    /// 16 KiB, unless it is said here.
    pub fn limit(self, bytes: usize) -> Self {
        self.with(|site| site.limit = bytes)
    }

    fn with(mut self, change: impl FnOnce(&mut Site)) -> Self {
        change(Arc::make_mut(&mut self.site));
        self
    }
}

impl<A: Application> Application for Sessions<A> {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let place = Arc::new(Place {
            site: Arc::clone(&self.site),
            session: OnceLock::new(),
            head_is_out: AtomicBool::new(false),
        });
        let outer = environ.take(PLACE);
        environ.insert(PLACE, Arc::clone(&place));
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Kept(place)))
        });
        let result = self.app.call(environ, start);
        // Another application, asked next, would find one that nobody
        // stores any more.
        match outer {
            Some(outer) => environ.insert(PLACE, outer),
            None => drop(environ.take(PLACE)),
        }
        result
    }
}

/// Stores what has changed before the head goes out, and puts into it
/// what the browser has to know.
struct Kept(Arc<Place>);

impl Layer for Kept {
    fn has_head(&self) -> bool {
        self.0.session.get().is_some_and(Session::is_touched)
    }

    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        let Some(session) = self.0.session.get() else {
            return Ok(());
        };
        let cookie = session.save()?;
        if !session.is_touched() {
            return Ok(());
        }
        if let Some(cookie) = cookie {
            head.headers.push("Set-Cookie", cookie);
        }
        // It is this visitor's alone.
        head.headers.add_to_vary("Cookie");
        if head.headers.get("Cache-Control").is_none() {
            head.headers.set("Cache-Control", "no-store");
        }
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        match self.0.session.get() {
            Some(session) => session.head_is_out(),
            None => self.0.head_is_out.store(true, Ordering::Relaxed),
        }
        Ok(block)
    }
}

impl<A> fmt::Debug for Sessions<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
