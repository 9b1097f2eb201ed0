//! What an application has of a session.

use super::cookie;
use super::id::{Id, random};
use super::store::now;
use super::{Record, SESSION, Site};
use crate::middleware::csrf;
use crate::{Environ, ErrorLog, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What is known of a visitor: names and values, of any text.
///
/// A handle: its clones are the same session. It is read from the store
/// when it is first asked. What is changed is not the session but a
/// list of changes, which the store makes in one step when the head
/// goes out; so two requests at once both have their way, and one that
/// comes after the session's end does not bring it back.
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
    changes: Vec<(String, Edit)>,
    is_renewed: bool,
    /// What the browser is to be told.
    cookie: Option<String>,
    head_is_out: bool,
}

/// What there is to know of a session, with this request's changes.
#[derive(Default)]
struct Known {
    /// The browser has it, and the store has something under its key.
    id: Option<Id>,
    expires: u64,
    values: BTreeMap<String, String>,
}

/// From the value of a name to its next one.
type Edit = Box<dyn Fn(Option<&str>) -> Option<String> + Send>;

/// What the names of flash messages begin with.
const FLASH: &str = "flash.";

impl Session {
    pub(super) fn new(environ: &Environ, site: &Arc<Site>) -> Self {
        let field = environ.bytes("HTTP_COOKIE").unwrap_or_default();
        Self(Arc::new(Mutex::new(State {
            site: Arc::clone(site),
            field: field.to_vec(),
            is_https: environ.url_scheme == "https",
            errors: environ.errors.clone(),
            known: None,
            changes: Vec::new(),
            is_renewed: false,
            cookie: None,
            head_is_out: false,
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
        Ok(environ.extension(SESSION).cloned().ok_or(NONE)?)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Result<Option<String>> {
        let mut state = self.lock();
        Ok(state.known()?.values.get(name).cloned())
    }

    /// Sets a value. Of two requests that do so at once, the later one
    /// wins; [`Session::update`] is for what depends on the old value.
    ///
    /// Names that begin with `flash.` are the messages', and `csrf` is
    /// [`csrf`]'s.
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
    /// `change` is called twice or more: now, with what this request
    /// knows, and when the change is stored, with what is in the store
    /// by then. It must not use the session.
    ///
    /// ```
    /// # use gateway::middleware::session::Session;
    /// fn add_to_cart(session: &Session, item: u32) -> gateway::Result<()> {
    ///     session.update("cart", move |cart| {
    ///         Some(format!("{} {item}", cart.unwrap_or_default()))
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Session::set`].
    pub fn update(
        &self,
        name: &str,
        change: impl Fn(Option<&str>) -> Option<String> + Send + 'static,
    ) -> Result<()> {
        let before = self.get(name)?;
        let after = change(before.as_deref());
        let mut state = self.lock();
        let limit = state.site.limit;
        let head_is_out = state.head_is_out;
        let known = state.known()?;
        if head_is_out && known.id.is_none() {
            Err(TOO_LATE)?;
        }
        put(&mut known.values, name, after);
        if let Err(error) = check(&known.values, limit) {
            put(&mut known.values, name, before);
            return Err(error);
        }
        state.changes.push((name.into(), Box::new(change)));
        drop(state);
        match head_is_out {
            true => self.store(),
            false => Ok(()),
        }
    }

    /// Gives the session another id; the old one is nobody's any more.
    ///
    /// To be called when somebody logs in, or may do more than before:
    /// whoever knew the id then does not know it now.
    ///
    /// # Errors
    ///
    /// The head is out.
    pub fn renew(&self) -> Result<()> {
        self.remove(csrf::TOKEN)?;
        let mut state = self.lock();
        if state.head_is_out {
            Err(TOO_LATE)?;
        }
        state.is_renewed = true;
        Ok(())
    }

    /// Ends the session, at once and for good: no request that is still
    /// under way brings it back. What is set afterwards begins another.
    pub fn end(&self) -> Result<()> {
        let mut state = self.lock();
        let id = mem::take(state.known()?).id;
        state.changes.clear();
        state.is_renewed = false;
        let Some(id) = id else { return Ok(()) };
        let name = state.cookie_name();
        state.cookie = Some(cookie::set(&name, None, state.is_https));
        let site = Arc::clone(&state.site);
        drop(state);
        site.store.update(&id.key(), &mut |_| Ok(None))
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
        let values = state.known()?.values.iter();
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
        let mut state = self.lock();
        state.head_is_out = true;
        Ok(state.cookie.take())
    }

    /// Has the store make the changes.
    fn store(&self) -> Result<()> {
        let mut state = self.lock();
        let changes = mem::take(&mut state.changes);
        let is_renewed = mem::take(&mut state.is_renewed);
        let site = Arc::clone(&state.site);
        let Some(known) = &state.known else { return Ok(()) };
        let Some(id) = known.id else {
            let values = known.values.clone();
            return state.begin(values);
        };
        if changes.is_empty() && !is_renewed && !known.is_old(&site) {
            return Ok(());
        }
        let next = if is_renewed { Id::new()? } else { id };
        // The changes are the application's code, and may take time.
        drop(state);
        let mut is_there = false;
        site.store.update(&id.key(), &mut |record| {
            let record = record.filter(|record| !record.is_over());
            is_there = record.is_some();
            let Some(mut record) = record else { return Ok(None) };
            apply(&changes, &mut record.values);
            check(&record.values, site.limit)?;
            if is_renewed {
                record.ends = now().saturating_add(site.lifetime);
            }
            record.key = next.key();
            record.expires = site.expires(record.ends);
            Ok(Some(record))
        })?;
        let mut state = self.lock();
        if is_there && is_renewed {
            state.tell(next);
        } else if !is_there && is_renewed {
            let mut values = BTreeMap::new();
            apply(&changes, &mut values);
            state.begin(values)?;
        } else if !is_there && !changes.is_empty() {
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
        for id in cookie::ids(&self.field, &self.cookie_name()) {
            let record = self.site.store.load(&id.key())?;
            if let Some(record) = record.filter(|r| !r.is_over()) {
                let Record { expires, values, .. } = record;
                return Ok(Known { id: Some(id), expires, values });
            }
        }
        Ok(Known::default())
    }

    /// Begins a session, if there is something to keep.
    fn begin(
        &mut self,
        values: BTreeMap<String, String>,
    ) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let id = Id::new()?;
        let ends = now().saturating_add(self.site.lifetime);
        let expires = self.site.expires(ends);
        let record = Record { key: id.key(), expires, ends, values };
        self.site
            .store
            .update(&id.key(), &mut |_| Ok(Some(record.clone())))?;
        self.tell(id);
        Ok(())
    }

    /// The browser's id is another from now on.
    fn tell(&mut self, id: Id) {
        let name = self.cookie_name();
        self.cookie = Some(cookie::set(&name, Some(id), self.is_https));
        self.known.get_or_insert_default().id = Some(id);
    }

    fn cookie_name(&self) -> String {
        cookie::name(&self.site.cookie, self.is_https)
    }
}

impl Known {
    /// Has a tenth of its time passed since it was last stored?
    fn is_old(&self, site: &Site) -> bool {
        let left = self.expires.saturating_sub(now());
        left < site.idle - site.idle / 10
    }
}

impl Site {
    /// When a session ends that is used now.
    fn expires(&self, ends: u64) -> u64 {
        now().saturating_add(self.idle).min(ends)
    }
}

fn apply(
    changes: &[(String, Edit)],
    values: &mut BTreeMap<String, String>,
) {
    for (name, change) in changes {
        let after = change(values.get(name).map(String::as_str));
        put(values, name, after);
    }
}

fn put(
    values: &mut BTreeMap<String, String>,
    name: &str,
    value: Option<String>,
) {
    match value {
        Some(value) => values.insert(name.into(), value),
        None => values.remove(name),
    };
}

fn check(
    values: &BTreeMap<String, String>,
    limit: usize,
) -> Result<()> {
    let size: usize =
        values.iter().map(|(n, v)| n.len() + v.len()).sum();
    match size > limit {
        true => Err(format!(
            "a session of {size} bytes; {limit} may be kept"
        )
        .into()),
        false => Ok(()),
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
