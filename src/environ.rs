//! What an application is told of a request.

use crate::ErrorLog;
use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};
use std::marker::PhantomData;
use std::ops::Range;
use std::{fmt, mem};

/// The environ: CGI's variables, the `wsgi.*` values, and what servers
/// and middleware add under a [`Key`] of their own (PEP 3333, "environ
/// Variables").
///
/// ```
/// use gateway::Environ;
///
/// let mut environ = Environ::new();
/// environ.set("PATH_INFO", "/caf\u{e9}");
/// assert_eq!(environ.get("PATH_INFO").unwrap(), "/café");
/// assert_eq!(environ.get("QUERY_STRING"), None);
/// assert!(environ.keys().contains(&"wsgi.input"));
/// ```
pub struct Environ {
    /// All names and values, end to end: an allocation for each would
    /// take longer than the rest of its making.
    text: Vec<u8>,
    /// Where each name is, and its value. The latest of a name counts.
    places: Vec<(Range<usize>, Range<usize>)>,
    /// What servers and middleware have put there, which is little.
    pub(crate) extensions: Vec<(&'static str, Box<dyn Any + Send>)>,
    /// `wsgi.input`: the request's body. It ends where the body ends.
    pub input: Box<dyn BufRead + Send>,
    /// `wsgi.errors`: the server's error log.
    pub errors: ErrorLog,
    /// `wsgi.url_scheme`: `http` or `https`.
    pub url_scheme: &'static str,
    /// `wsgi.multithread`: may the application be called again in
    /// this process before it has returned?
    pub multithread: bool,
    /// `wsgi.multiprocess`: may another process be calling it too?
    pub multiprocess: bool,
    /// `wsgi.run_once`: is this the only request that this process
    /// is expected to answer?
    pub run_once: bool,
    /// Does the server listen at an address that other machines reach?
    pub(crate) is_open: bool,
}

/// The keys that PEP 3333 defines, which every environ has.
const WSGI_KEYS: [&str; 8] = [
    "wsgi.errors",
    "wsgi.file_wrapper",
    "wsgi.input",
    "wsgi.multiprocess",
    "wsgi.multithread",
    "wsgi.run_once",
    "wsgi.url_scheme",
    "wsgi.version",
];

impl Environ {
    /// `wsgi.version`: the interface's, not this library's.
    pub const VERSION: (u8, u8) = (1, 0);

    /// An environ without a variable: no input, errors to stderr, one
    /// thread, one process.
    pub fn new() -> Self {
        Self {
            text: Vec::with_capacity(1500),
            places: Vec::with_capacity(30),
            extensions: Vec::with_capacity(4),
            input: Box::new(io::empty()),
            errors: ErrorLog::stderr(),
            url_scheme: "http",
            multithread: false,
            multiprocess: false,
            run_once: false,
            is_open: false,
        }
    }

    /// A variable as text, with U+FFFD where it is not UTF-8.
    ///
    /// `None` means that it is absent, and nothing else.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.bytes(name).map(String::from_utf8_lossy)
    }

    /// A variable as the bytes that the server was given.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let is = |place: &Range<usize>| {
            self.text[place.clone()] == *name.as_bytes()
        };
        let latest = self.places.iter().rfind(|(name, _)| is(name));
        latest.map(|(_, value)| &self.text[value.clone()])
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.put(name.bytes(), value.as_ref());
    }

    /// Sets a variable whose name need not be in one piece.
    pub(crate) fn put(
        &mut self,
        name: impl Iterator<Item = u8>,
        value: &[u8],
    ) {
        let start = self.text.len();
        self.text.extend(name);
        let middle = self.text.len();
        self.text.extend_from_slice(value);
        self.places.push((start..middle, middle..self.text.len()));
    }

    /// Removes a variable, and returns it.
    pub fn remove(&mut self, name: &str) -> Option<Vec<u8>> {
        let value = self.bytes(name)?.to_vec();
        let (text, name) = (&self.text, name.as_bytes());
        self.places.retain(|(of, _)| text[of.clone()] != *name);
        Some(value)
    }

    /// A copy of the variables and of `url_scheme`, as they are now.
    pub fn save(&self) -> Variables {
        let mut saved = Variables::default();
        self.save_to(&mut saved);
        saved
    }

    /// The same, into memory that is there.
    pub(crate) fn save_to(&self, saved: &mut Variables) {
        saved.text.clone_from(&self.text);
        saved.places.clone_from(&self.places);
        saved.url_scheme = self.url_scheme;
    }

    /// Puts them back, whatever has been done to them meanwhile.
    ///
    /// ```
    /// let mut environ = gateway::Environ::new();
    /// environ.set("PATH_INFO", "/blog");
    /// let saved = environ.save();
    /// environ.remove("PATH_INFO");
    /// environ.set("X", "");
    /// environ.restore(saved);
    /// assert_eq!(environ.get("PATH_INFO").unwrap(), "/blog");
    /// assert_eq!(environ.get("X"), None);
    /// ```
    pub fn restore(&mut self, saved: Variables) {
        self.text = saved.text;
        self.places = saved.places;
        self.url_scheme = saved.url_scheme;
    }

    /// The scheme and host that were asked for, as browsers write an
    /// Origin.
    pub(crate) fn origin(&self) -> String {
        let host = self.get("HTTP_HOST").unwrap_or_default();
        format!("{}://{host}", self.url_scheme)
    }

    /// Can the request have a body?
    pub(crate) fn has_body(&self) -> bool {
        match self.bytes("CONTENT_LENGTH") {
            Some(length) => !matches!(length, b"" | b"0"),
            // One in chunks has no length.
            None => self.bytes("REQUEST_METHOD") != Some(b"GET"),
        }
    }

    /// Makes it as good as new, for the next request, but for `errors`.
    /// The memory is kept. What the application has put there is gone
    /// with the exchange.
    #[cfg(feature = "signal")]
    pub(crate) fn reset(&mut self) {
        self.text.clear();
        self.places.clear();
        self.url_scheme = "http";
        self.multithread = false;
        self.multiprocess = false;
        self.run_once = false;
        self.is_open = false;
    }

    /// Moves the first segment of PATH_INFO to the end of SCRIPT_NAME,
    /// and returns it; `None` if nothing is left. An application that
    /// is called next finds itself where a server would have put it.
    ///
    /// As in `wsgiref.util.shift_path_info`, segments that are empty or
    /// `.` go, but for an empty one at the very end, after a slash.
    /// Unlike there, `..` is a name like any other, nothing else in
    /// SCRIPT_NAME changes, and a PATH_INFO that does not begin with a
    /// slash stays as it is.
    ///
    /// ```
    /// let mut environ = gateway::Environ::new();
    /// environ.set("SCRIPT_NAME", "/site");
    /// environ.set("PATH_INFO", "/blog/2006");
    /// assert_eq!(environ.shift_path().as_deref(), Some("blog"));
    /// assert_eq!(environ.get("SCRIPT_NAME").unwrap(), "/site/blog");
    /// assert_eq!(environ.get("PATH_INFO").unwrap(), "/2006");
    /// ```
    pub fn shift_path(&mut self) -> Option<String> {
        let path = self.bytes("PATH_INFO")?.strip_prefix(b"/")?;
        let mut parts: Vec<_> = path.split(|b| *b == b'/').collect();
        let last = parts.pop()?;
        parts.retain(|part| !part.is_empty() && *part != b".");
        parts.push(last);
        // The rest is nothing, or begins with a slash.
        let name = mem::take(&mut parts[0]);
        let rest = parts.join(&b'/');
        let before = self.bytes("SCRIPT_NAME").unwrap_or_default();
        let before = before.strip_suffix(b"/").unwrap_or(before);
        let script_name = match name {
            b"." => before.to_vec(),
            name => [before, b"/", name].concat(),
        };
        let name = String::from_utf8_lossy(name).into_owned();
        self.set("SCRIPT_NAME", script_name);
        self.set("PATH_INFO", rest);
        (name != ".").then_some(name)
    }

    /// The variables and their bytes.
    pub fn variables(&self) -> BTreeMap<&str, &[u8]> {
        // A name was a `&str`, and still is text.
        let name = |name| str::from_utf8(name).unwrap_or_default();
        self.entries().map(|(n, value)| (name(n), value)).collect()
    }

    /// The variables as they were set: of one that was set more than
    /// once, the last counts.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let text = |place: &Range<usize>| &self.text[place.clone()];
        self.places.iter().map(move |(n, v)| (text(n), text(v)))
    }

    /// All keys: variables, `wsgi.*`, and extensions.
    pub fn keys(&self) -> BTreeSet<&str> {
        let variables = self.variables().into_keys();
        let extensions = self.extensions.iter().map(|e| e.0);
        variables.chain(WSGI_KEYS).chain(extensions).collect()
    }

    /// Sets the value under a server's or middleware's own key.
    pub fn insert<T: Send + 'static>(&mut self, key: Key<T>, value: T) {
        self.extensions.retain(|e| e.0 != key.name);
        self.extensions.push((key.name, Box::new(value)));
    }

    /// The value under a server's or middleware's own key.
    pub fn extension<T: 'static>(&self, key: Key<T>) -> Option<&T> {
        let mut extensions = self.extensions.iter();
        extensions.find(|e| e.0 == key.name)?.1.downcast_ref()
    }

    /// Takes the value under a key out. One of another type stays.
    pub fn take<T: 'static>(&mut self, key: Key<T>) -> Option<T> {
        let mut extensions = self.extensions.iter();
        let at = extensions.position(|e| e.0 == key.name)?;
        self.extension(key)?;
        Some(*self.extensions.swap_remove(at).1.downcast().ok()?)
    }
}

/// What [`Environ::save`] has saved.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    text: Vec<u8>,
    places: Vec<(Range<usize>, Range<usize>)>,
    url_scheme: &'static str,
}

impl fmt::Debug for Environ {
    /// The variables; a value that is not UTF-8 has U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.variables().into_iter();
        let texts = texts.map(|(n, v)| (n, String::from_utf8_lossy(v)));
        f.debug_map().entries(texts).finish()
    }
}

impl Default for Environ {
    fn default() -> Self {
        Self::new()
    }
}

/// The name of a value that a server or middleware defines, and the
/// value's type.
///
/// In a `const`, a name that breaks the rule is a compile error: words
/// of lower case letters, digits and underscores with dots between, of
/// which the first is the definer's own, and not `wsgi` (PEP 3333,
/// "environ Variables").
///
/// ```
/// use gateway::{Environ, Key};
///
/// const USER: Key<String> = Key::new("login.user");
///
/// let mut environ = Environ::new();
/// environ.insert(USER, "ada".to_string());
/// assert_eq!(environ.extension(USER).unwrap(), "ada");
/// ```
///
/// ```compile_fail
/// const USER: gateway::Key<String> = gateway::Key::new("User");
/// ```
pub struct Key<T> {
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Copy for Key<T> {}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Key<T> {
    /// A key of this name.
    ///
    /// # Panics
    ///
    /// On a name that PEP 3333 does not allow; in a `const`, while
    /// compiling.
    pub const fn new(name: &'static str) -> Self {
        assert!(
            is_key(name.as_bytes()),
            "a key is a prefix of its own, not `wsgi`, a dot and a \
             name, of a-z, 0-9 and '_'"
        );
        Self { name, value: PhantomData }
    }
}

const fn is_key(name: &[u8]) -> bool {
    let (mut dots, mut before, mut left) = (0, b'.', name);
    while let [byte, rest @ ..] = left {
        match *byte {
            b'.' if before != b'.' => dots += 1,
            b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            _ => return false,
        }
        (before, left) = (*byte, rest);
    }
    let is_theirs = matches!(name, [b'w', b's', b'g', b'i', b'.', ..]);
    dots > 0 && before != b'.' && !is_theirs
}

impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.name)
    }
}
