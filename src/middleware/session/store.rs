//! Where sessions are kept.

use crate::{Form, Result};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;
use std::time::SystemTime;
use url::form_urlencoded::Serializer;

/// A place where sessions are kept: in memory, in files, in a database.
///
/// Everything that is done to a session is done by [`Store::update`],
/// which does it as one step. A store of your own is tried by
/// `tests/it/session/stores.rs`, as the library's are.
pub trait Store: Send + Sync {
    /// What is kept under a key, if anything is. It may be past its
    /// time.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or what is there is not a record.
    fn load(&self, key: &str) -> Result<Option<Record>>;

    /// Gives `change` what is kept under `key`, and keeps what comes
    /// back, under the key in it; if that is another one, or nothing
    /// comes back, there is nothing under `key` any more. Meanwhile
    /// nobody else reads or changes what is there.
    ///
    /// `change` may be called again, if somebody else was faster.
    ///
    /// # Errors
    ///
    /// That of `change`, or the store's. Then nothing is changed.
    fn update(&self, key: &str, change: Change<'_>) -> Result<()>;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        (**self).load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        (**self).update(key, change)
    }
}

/// What [`Store::update`] does to a record.
pub type Change<'c> =
    &'c mut dyn FnMut(Option<Record>) -> Result<Option<Record>>;

/// A session as a store has it. Times are in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What it is kept under: 32 hexadecimal digits, never the id that
    /// the visitor has.
    pub key: String,
    /// When it ends, unless it is used until then. A store may forget
    /// it afterwards.
    pub expires: u64,
    /// When it ends, however much it is used.
    pub ends: u64,
    /// What is known of the visitor.
    pub values: BTreeMap<String, String>,
}

impl Record {
    /// Is its time over?
    pub fn is_over(&self) -> bool {
        self.expires <= now()
    }

    /// Everything but the key, on one line, as a form would be sent.
    ///
    /// ```
    /// use gateway::middleware::session::Record;
    ///
    /// let record = Record {
    ///     key: "900150983cd24fb0d6963f7d28e17f72".into(),
    ///     expires: 1_800_000_000,
    ///     ends: 1_900_000_000,
    ///     values: [("user".into(), "Zoë & Co".into())].into(),
    /// };
    /// let text = record.to_text();
    /// let line = "1800000000 1900000000 user=Zo%C3%AB+%26+Co\n";
    /// assert_eq!(text, line);
    /// assert_eq!(Record::from_text(&record.key, &text)?, record);
    /// # Ok::<(), gateway::Error>(())
    /// ```
    pub fn to_text(&self) -> String {
        let mut form = Serializer::new(String::new());
        let form = form.extend_pairs(&self.values).finish();
        format!("{} {} {form}\n", self.expires, self.ends)
    }

    /// The record that was made into this text.
    ///
    /// # Errors
    ///
    /// It is not whole, or something else.
    pub fn from_text(key: &str, text: &str) -> Result<Self> {
        let record = || {
            let mut parts = text.strip_suffix('\n')?.splitn(3, ' ');
            let expires = parts.next()?.parse().ok()?;
            let ends = parts.next()?.parse().ok()?;
            let form = Form::parse(parts.next()?.as_bytes()).ok()?;
            let owned = |(n, v): (&str, &str)| (n.into(), v.into());
            let values = form.fields().map(owned).collect();
            Some(Self { key: key.into(), expires, ends, values })
        };
        let error = || format!("{key}: not the record of a session");
        Ok(record().ok_or_else(error)?)
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed();
    since.unwrap_or_default().as_secs()
}

/// An error that says where it came about.
pub(super) fn named<T, E: Display>(
    place: impl Display,
    result: Result<T, E>,
) -> Result<T> {
    result.map_err(|error| format!("{place}: {error}").into())
}
