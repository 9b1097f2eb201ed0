//! What an application has of a session.

use super::cookie;
use super::id::{Id, random};
use super::known::{Changes, Known, apply, check, put, size};
use super::store::now;
use super::{PLACE, Place, Site};
use crate::middleware::csrf;
use crate::{Environ, ErrorLog, Result};
use std::fmt;
use std::io::Write;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What is known of a visitor: names and values, of any text.
///
/// A handle: its clones are the same session. It is read from the store
/// when it is first asked. What is changed is not the session but a
/// list of changes, which the store makes in one step when the head
/// goes out; so two requests at once both have their way, and one that
/// comes after the session's end does not bring it back. Of two that
/// begin a session at once, the browser keeps one.
///
/// A body may change it later, when it is made; the store is told at
/// once then. But a session can begin or be renewed only before the
/// head goes out, because its cookie is in there.
///
/// Every method fails if the store does.
#[derive(Clone)]
pub struct Session(Arc<Mutex<State>>);

struct State {
    site: Arc<Site>,
    /// What the browser sent in Cookie.
    field: Vec<u8>,
    is_https: bool,
    errors: ErrorLog,
    /// `None` until it is touched.
    known: Option<Known>,
    changes: Changes,
    is_renewed: bool,
    /// What the browser is to be told.
    cookie: Option<String>,
    head_is_out: bool,
}

/// What the names of flash messages begin with.
const FLASH: &str = "flash.";

impl Session {
    fn new(environ: &Environ, place: &Place) -> Self {
        let field = environ.bytes("HTTP_COOKIE").unwrap_or_default();
        Self(Arc::new(Mutex::new(State {
            site: Arc::clone(&place.site),
            field: field.to_vec(),
            is_https: environ.url_scheme == "https",
            errors: environ.errors.clone(),
            known: None,
            changes: Vec::new(),
            is_renewed: false,
            cookie: None,
            head_is_out: place.head_is_out.load(Ordering::Relaxed),
        })))
    }

    /// The session of a request.
    ///
    /// # Errors
    ///
    /// There is none, because [`session`](super::session) is not around
    /// the application.
    pub fn of(environ: &Environ) -> Result<Self> {
        const NONE: &str = "no session: put `middleware::session` \
            around the application";
        Ok(Self::find(environ).ok_or(NONE)?)
    }

    /// The session of a request, if there are sessions.
    pub fn find(environ: &Environ) -> Option<Self> {
        let place = environ.extension(PLACE)?;
        let new = || Self::new(environ, place);
        Some(place.session.get_or_init(new).clone())
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Result<Option<String>> {
        let mut state = self.lock();
        Ok(state.known()?.record.values.get(name).cloned())
    }

    /// Sets a value. Of two requests that do so at once, the later one
    /// wins; [`Session::update`] is for what depends on the old value.
    ///
    /// Names that begin with `flash.` are the messages', and `csrf` is
    /// [`csrf`](mod@csrf)'s.
    ///
    /// # Errors
    ///
    /// The session would be too big; or it would begin now, and the
    /// head is out.
    pub fn set(&self, name: &str, value: impl ToString) -> Result<()> {
        let value = value.to_string();
        self.update(name, move |_| Some(value.clone()))
    }

    /// Removes a value.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.update(name, |_| None)
    }

    /// Makes a value from the one that is there: a count, a list.
    ///
    /// `change` is called now, with what this request knows, and again
    /// when the change is stored, with what is in the store by then. It
    /// must not use the session.
    ///
    /// ```
    /// # use gateway::Result;
    /// # use gateway::middleware::session::Session;
    /// fn add_to_cart(session: &Session, item: u32) -> Result<()> {
    ///     session.update("cart", move |cart| {
    ///         Some(format!("{} {item}", cart.unwrap_or_default()))
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Session::set`].
    pub fn update<F>(&self, name: &str, change: F) -> Result<()>
    where
        F: Fn(Option<&str>) -> Option<String> + Send + 'static,
    {
        // Without the lock: it is the application's code.
        let value = change(self.get(name)?.as_deref());
        let mut state = self.lock();
        let (limit, is_late) = (state.site.limit, state.head_is_out);
        let known = state.known()?;
        if is_late && known.id.is_none() && value.is_some() {
            Err(TOO_LATE)?;
        }
        let mut after = known.record.values.clone();
        put(&mut after, name, value);
        check(size(&known.record.values), &after, limit)?;
        known.record.values = after;
        state.changes.push((name.into(), Box::new(change)));
        drop(state);
        match is_late {
            true => self.store(),
            false => Ok(()),
        }
    }

    /// Gives the session another id; the old one is nobody's any more.
    ///
    /// To be called when somebody logs in, or may do more than before:
    /// whoever knew the id then does not know it now. To requests under
    /// way that have the old one, the session has ended.
    ///
    /// # Errors
    ///
    /// The head is out.
    pub fn renew(&self) -> Result<()> {
        let mut state = self.lock();
        if state.head_is_out {
            Err(TOO_LATE)?;
        }
        state.is_renewed = true;
        drop(state);
        self.remove(csrf::TOKEN)
    }

    /// Ends the session, at once and for good: no request that is still
    /// under way brings it back. What is set afterwards begins another.
    pub fn end(&self) -> Result<()> {
        let mut state = self.lock();
        if let Some(id) = state.known()?.id {
            let site = Arc::clone(&state.site);
            site.store.update(&id.key(), &mut |_| Ok(None))?;
            state.cookie =
                Some(cookie::set(&site.cookie, None, state.is_https));
        }
        state.known = Some(Known::default());
        state.changes.clear();
        Ok(())
    }

    /// Leaves a message for the page that the visitor sees next.
    ///
    /// # Errors
    ///
    /// As [`Session::set`].
    pub fn flash(&self, message: impl ToString) -> Result<()> {
        let time = SystemTime::UNIX_EPOCH.elapsed()?.as_nanos();
        // In the order in which they came, and none like another.
        let name =
            format!("{FLASH}{time:024}.{:08x}", random()? as u32);
        self.set(&name, message)
    }

    /// Takes the messages, the oldest first.
    pub fn flashes(&self) -> Result<Vec<String>> {
        let is_one = |(name, _): &(&String, _)| name.starts_with(FLASH);
        let own = |(n, m): (&String, &String)| (n.clone(), m.clone());
        let mut state = self.lock();
        let values = state.known()?.record.values.iter();
        let found: Vec<_> = values.filter(is_one).map(own).collect();
        drop(state);
        for (name, _) in &found {
            self.remove(name)?;
        }
        Ok(found.into_iter().map(|(_, message)| message).collect())
    }

    pub(super) fn is_touched(&self) -> bool {
        self.lock().known.is_some()
    }

    pub(super) fn head_is_out(&self) {
        self.lock().head_is_out = true;
    }

    /// Stores what is to be stored; what comes back is for Set-Cookie.
    pub(super) fn save(&self) -> Result<Option<String>> {
        self.store()?;
        Ok(self.lock().cookie.clone())
    }

    /// Has the store make the changes, in one step.
    fn store(&self) -> Result<()> {
        let mut state = self.lock();
        // What comes now is not among these changes.
        state.head_is_out = true;
        let Some(known) = &state.known else { return Ok(()) };
        let is_wanted = match known.id {
            None => !known.record.values.is_empty(),
            Some(_) => {
                !state.changes.is_empty()
                    || state.is_renewed
                    || known.is_old(&state.site)
            }
        };
        let (old, site) = (known.id, Arc::clone(&state.site));
        let changes = mem::take(&mut state.changes);
        let is_renewed = mem::take(&mut state.is_renewed);
        // The changes are the application's code, and may take time.
        drop(state);
        if !is_wanted {
            return Ok(());
        }
        let (next, is_new) = match old {
            Some(id) if !is_renewed => (id, false),
            _ => (Id::new()?, true),
        };
        let key = old.unwrap_or(next).key();
        let mut is_kept = false;
        site.store.update(&key, &mut |record| {
            let record = record.filter(|record| !record.is_over());
            is_kept = record.is_some();
            if !is_kept && !is_new {
                return Ok(None);
            }
            let mut record = record.unwrap_or_default();
            apply(&changes, &mut record.values, site.limit)?;
            is_kept |= !record.values.is_empty();
            if is_new {
                record.ends = now().saturating_add(site.lifetime);
            }
            record.key = next.key();
            record.expires = site.expires(record.ends);
            Ok(is_kept.then_some(record))
        })?;
        let mut state = self.lock();
        if is_new && is_kept {
            let is_https = state.is_https;
            state.cookie =
                Some(cookie::set(&site.cookie, Some(next), is_https));
            state.known()?.id = Some(next);
        } else if !is_kept && !changes.is_empty() {
            // Nobody waits for a change to what is not there.
            let text = "the session has ended meanwhile";
            let _ = writeln!(state.errors, "{text}: nothing is kept");
        }
        Ok(())
    }

    /// What a panic has left is whole: it is changed in one step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const TOO_LATE: &str = "a session cannot begin or be renewed here: its \
    cookie is in the head, and the head is out";

impl State {
    /// Reads the session from the store, once.
    fn known(&mut self) -> Result<&mut Known> {
        if self.known.is_none() {
            self.known = Some(self.find()?);
        }
        Ok(self.known.get_or_insert_default())
    }

    /// The session of the first id that is one. Any other is a
    /// stranger's, and is never made into ours.
    fn find(&self) -> Result<Known> {
        let (site, is_https) = (&self.site, self.is_https);
        for id in cookie::ids(&self.field, &site.cookie, is_https) {
            let record = site.store.load(&id.key())?;
            if let Some(record) = record.filter(|r| !r.is_over()) {
                return Ok(Known { id: Some(id), record });
            }
        }
        Ok(Known::default())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
