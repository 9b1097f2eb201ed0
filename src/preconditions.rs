//! Conditional requests: is what the client has still what we have?

use crate::{Environ, Failure};
use httpdate::HttpDate;
use std::time::{SystemTime, UNIX_EPOCH};

/// What tells a representation from those before it (RFC 9110, section
/// 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// As `ETag` has it, with the quotes, and with `W/` if it is weak.
    pub etag: Option<String>,
    /// As `Last-Modified` has it: only whole seconds count.
    pub modified: Option<SystemTime>,
}

/// What becomes of a request under its preconditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It is answered as if it had none.
    Go,
    /// The client has it: `304 Not Modified`.
    NotModified,
    /// The client has another: `412 Precondition Failed`, and nothing
    /// is done.
    Failed,
}

/// The preconditions of a request (RFC 9110, section 13.1).
///
/// An application that acts asks before it does. Two visitors edit the
/// same page, each with `If-Match` and the tag of what it has read; the
/// second to save would undo what the first has written:
///
/// ```
/// use gateway::preconditions::{Preconditions, Validators};
/// use gateway::testing;
///
/// let save = gateway::app(|environ, start_response| {
///     let etag = Some("\"2\"".to_string()); // of what is saved now
///     let current = Validators { etag, modified: None };
///     Preconditions::of(environ).require(Some(&current))?;
///     Ok(start_response("204 No Content", &[])?.body(""))
/// });
/// for (tag, status) in [
///     ("\"2\"", "204 No Content"),
///     ("\"1\"", "412 Precondition Failed"),
/// ] {
///     let mut environ = testing::environ("PUT", "/page");
///     environ.set("HTTP_IF_MATCH", tag);
///     assert_eq!(testing::ask(&save, environ).status, status);
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// Is it GET or HEAD?
    reads: bool,
    if_match: Option<String>,
    if_none_match: Option<String>,
    /// In seconds since 1970, as the next.
    if_modified_since: Option<u64>,
    if_unmodified_since: Option<u64>,
    if_range: Option<String>,
}

impl Preconditions {
    /// Those of a request. A date that is none, or two, counts as
    /// absent (sections 13.1.3 and 13.1.4), and methods that are not
    /// about a representation have no preconditions (section 13.2.1).
    pub fn of(environ: &Environ) -> Self {
        let method = environ.bytes("REQUEST_METHOD");
        let method = method.unwrap_or_default();
        if [&b"CONNECT"[..], b"OPTIONS", b"TRACE"].contains(&method) {
            return Self::default();
        }
        let field = |name| environ.bytes(name).map(latin1);
        let date = |name| date(&field(name)?);
        Self {
            reads: [&b"GET"[..], b"HEAD"].contains(&method),
            if_match: field("HTTP_IF_MATCH"),
            if_none_match: field("HTTP_IF_NONE_MATCH"),
            if_modified_since: date("HTTP_IF_MODIFIED_SINCE"),
            if_unmodified_since: date("HTTP_IF_UNMODIFIED_SINCE"),
            if_range: field("HTTP_IF_RANGE"),
        }
    }

    /// Evaluates them in the order of section 13.2.2. `None` is for
    /// what does not exist, so that `If-None-Match: *` guards a PUT
    /// that is to create and not to replace.
    pub fn evaluate(&self, current: Option<&Validators>) -> Condition {
        let modified = current.and_then(|c| seconds(c.modified?));
        let is_theirs = match (&self.if_match, self.if_unmodified_since)
        {
            (Some(list), _) => names(list, current, true),
            (None, Some(date)) => modified.is_none_or(|m| m <= date),
            (None, None) => true,
        };
        let is_news =
            match (&self.if_none_match, self.if_modified_since) {
                (Some(list), _) => !names(list, current, false),
                (None, Some(date)) if self.reads => {
                    modified.is_none_or(|m| m > date)
                }
                _ => true,
            };
        match (is_theirs, is_news) {
            (true, true) => Condition::Go,
            (true, false) if self.reads => Condition::NotModified,
            _ => Condition::Failed,
        }
    }

    /// Lets a request pass unless it failed: for methods that act,
    /// before they do.
    ///
    /// # Errors
    ///
    /// `412 Precondition Failed`.
    pub fn require(
        &self,
        current: Option<&Validators>,
    ) -> Result<(), Failure> {
        match self.evaluate(current) {
            Condition::Failed => Err(Failure::new(
                "412 Precondition Failed",
                "the client knows another version",
            )),
            _ => Ok(()),
        }
    }

    /// Does `If-Range` allow a part to be sent? A weak tag and an
    /// earlier or later date do not (section 13.1.5): the parts would
    /// not fit together.
    pub fn allow_range(&self, current: &Validators) -> bool {
        let Some(value) = &self.if_range else { return true };
        match value.contains('"') {
            true => {
                let is_one = tags(value).count() == 1;
                is_one && names(value, Some(current), true)
            }
            false => {
                let modified = current.modified.and_then(seconds);
                date(value).is_some_and(|date| modified == Some(date))
            }
        }
    }
}

/// Does a list of tags, or `*`, name the current representation? A weak
/// tag is one that strong comparison never finds equal (section
/// 8.8.3.2).
fn names(
    list: &str,
    current: Option<&Validators>,
    strong: bool,
) -> bool {
    let Some(current) = current else { return false };
    let etag = current.etag.as_deref().unwrap_or_default();
    let mut ours = tags(etag);
    list.trim() == "*"
        || ours.next().is_some_and(|(is_weak, opaque)| {
            let is_equal = |(their_weak, theirs)| {
                theirs == opaque && !(strong && (is_weak || their_weak))
            };
            tags(list).any(is_equal)
        })
}

/// The tags in a list: is it weak, and what is in the quotes, a comma
/// perhaps. One that has anything but `W/` before it is none.
fn tags(list: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut parts = list.split('"').peekable();
    std::iter::from_fn(move || {
        let (before, opaque) = (parts.next()?, parts.next()?);
        parts.peek()?; // its second quote was there
        Some((before.trim_matches([' ', '\t', ',']), opaque))
    })
    .filter(|(before, _)| ["", "W/"].contains(before))
    .map(|(before, opaque)| (before == "W/", opaque))
}

/// A date in one of its three forms (section 5.6.7).
fn date(text: &str) -> Option<u64> {
    seconds(text.parse::<HttpDate>().ok()?.into())
}

/// Whole seconds: a field has no more.
fn seconds(time: SystemTime) -> Option<u64> {
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// As a field is read that `start_response` was given.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
