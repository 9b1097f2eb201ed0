//! What visitors type: the query string, and forms in a body.

use crate::input::read_all;
use crate::{Environ, Failure, Result};
use percent_encoding::percent_decode;
use url::form_urlencoded;

/// The fields of a form: names and values, decoded, in their order.
///
/// ```
/// use gateway::Environ;
///
/// let mut environ = Environ::new();
/// environ.set("QUERY_STRING", "name=Zo%C3%AB+%26+Co&tag=a&tag=b");
/// let query = environ.query()?;
/// assert_eq!(query.get("name"), Some("Zoë & Co"));
/// assert!(query.all("tag").eq(["a", "b"]));
/// assert_eq!(query.get("page"), None);
/// # Ok::<(), gateway::Failure>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Decodes `application/x-www-form-urlencoded`. A `%` that begins
    /// no escape stands for itself, as in browsers.
    ///
    /// # Errors
    ///
    /// `400 Bad Request` for what is not UTF-8 when it is decoded.
    pub fn parse(text: &[u8]) -> Result<Self, Failure> {
        // The decoder would put U+FFFD in its place, and what the
        // visitor typed would be lost.
        if percent_decode(text).decode_utf8().is_err() {
            Err(Failure::bad_request("a form not in UTF-8"))?;
        }
        Ok(Self(form_urlencoded::parse(text).into_owned().collect()))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields().filter(move |f| f.0 == name).map(|f| f.1)
    }

    /// All names and values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl Environ {
    /// The fields of the query string.
    ///
    /// # Errors
    ///
    /// As [`Form::parse`].
    pub fn query(&self) -> Result<Form, Failure> {
        Form::parse(self.bytes("QUERY_STRING").unwrap_or_default())
    }

    /// Reads a form of at most `limit` bytes from the body.
    ///
    /// ```
    /// # let mut environ = gateway::Environ::new();
    /// let kind = "application/x-www-form-urlencoded";
    /// environ.set("CONTENT_TYPE", kind);
    /// environ.input = Box::new(&b"name=Zo%C3%AB"[..]);
    /// let form = environ.form(16 * 1024)?;
    /// assert_eq!(form.get("name"), Some("Zoë"));
    /// # Ok::<(), gateway::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `415 Unsupported Media Type` if the body is something else,
    /// `413 Content Too Large` if it is longer; otherwise as
    /// [`Form::parse`] and as reading the body.
    pub fn form(&mut self, limit: u64) -> Result<Form> {
        if !self.has_form() {
            let kind = self.get("CONTENT_TYPE").unwrap_or_default();
            let reason = format!("{kind:?} is not {URLENCODED}");
            Err(Failure::new("415 Unsupported Media Type", reason))?;
        }
        Ok(Form::parse(&read_all(&mut *self.input, limit)?)?)
    }

    /// Is the body one that [`Environ::form`] reads?
    pub(crate) fn has_form(&self) -> bool {
        let kind = self.get("CONTENT_TYPE").unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(URLENCODED)
    }
}

const URLENCODED: &str = "application/x-www-form-urlencoded";
