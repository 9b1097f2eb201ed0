//! The URL that a request was sent to, put together again.

use crate::request_head::{is_host, wrong};
use crate::{Environ, Failure, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What is escaped in a path: all that Python's `wsgiref.util` escapes.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b';')
    .remove(b'=')
    .remove(b',');

impl Environ {
    /// The URL of the request (PEP 3333, "URL Reconstruction").
    ///
    /// ```
    /// use gateway::Environ;
    ///
    /// let mut environ = Environ::new();
    /// environ.set("HTTP_HOST", "example.org:8000");
    /// environ.set("PATH_INFO", "/café");
    /// environ.set("QUERY_STRING", "page=2");
    /// let url = environ.url()?;
    /// let expected = "http://example.org:8000/caf%C3%A9?page=2";
    /// assert_eq!(url.as_str(), expected);
    /// # Ok::<(), gateway::Failure>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `400 Bad Request` if there is no host, or none that a URL may
    /// have.
    pub fn url(&self) -> Result<url::Url, Failure> {
        let get = |name| self.bytes(name).unwrap_or_default();
        let (scheme, host) = (self.url_scheme, self.host());
        let script = percent_encode(get("SCRIPT_NAME"), ESCAPED);
        let path = percent_encode(get("PATH_INFO"), ESCAPED);
        let query = String::from_utf8_lossy(get("QUERY_STRING"));
        let mark = if query.is_empty() { "" } else { "?" };
        let url =
            format!("{scheme}://{host}{script}{path}{mark}{query}");
        match url::Url::parse(&url) {
            Ok(url) if is_host(host.as_bytes()) => Ok(url),
            // What follows it might not be the path.
            _ => Err(wrong("host", host.as_bytes())),
        }
    }

    /// What the client calls this server, or else what it calls itself.
    fn host(&self) -> String {
        let get = |name| self.get(name).unwrap_or_default();
        match get("HTTP_HOST") {
            host if !host.is_empty() => host.into_owned(),
            _ => [get("SERVER_NAME"), get("SERVER_PORT")].join(":"),
        }
    }
}
