//! The head of an HTTP request: what it may say, and the environ that
//! it makes. Both of our servers use this.

use crate::exchange::Protocol;
use crate::input::{decimal, too_large};
use crate::response_head::is_token;
use crate::{Environ, Failure, SOFTWARE};
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The head of a request, as a server's parser took it apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// The method, in the client's case.
    pub method: &'a str,
    /// The request target, not decoded.
    pub target: &'a [u8],
    /// The two digits of `HTTP/1.1`.
    pub version: (u8, u8),
    /// The fields, in order.
    pub fields: &'a [Field<'a>],
}

/// A field's name and value.
pub type Field<'a> = (&'a str, &'a [u8]);

/// How the end of a request's body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestBody {
    /// By its length in bytes; 0 if there is none.
    Length(u64),
    /// By a last chunk.
    Chunked,
}

impl RequestBody {
    /// Refuses a body whose length is beyond the limit.
    ///
    /// # Errors
    ///
    /// `413 Content Too Large`.
    ///
    /// ```
    /// use gateway::request_head::RequestBody::Length;
    ///
    /// assert!(Length(5).within(5).is_ok());
    /// assert!(Length(6).within(5).is_err());
    /// ```
    pub fn within(self, limit: u64) -> Result<Self, Failure> {
        match self {
            Self::Length(length) if length > limit => {
                Err(too_large(limit))
            }
            body => Ok(body),
        }
    }

    /// In bytes, where it is told.
    pub fn length(self) -> Option<u64> {
        match self {
            Self::Length(length) => Some(length),
            Self::Chunked => None,
        }
    }
}

/// The longest request target that is served, in bytes (RFC 9112,
/// section 3, recommends to support 8000).
pub const TARGET_LIMIT: usize = 8 * 1024;

/// The most fields that a request may have.
pub const FIELD_LIMIT: usize = 100;

/// The most that their names and values may add up to, in bytes.
pub const FIELDS_LIMIT: usize = 64 * 1024;

pub(crate) const TOO_LARGE: &str =
    "431 Request Header Fields Too Large";

impl<'a> RequestHead<'a> {
    /// Puts a request into the environ, and tells how its body ends. Of
    /// one that is refused it is as much as the log needs.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), or the body is longer than the limit.
    pub fn read_into(
        &self,
        environ: &mut Environ,
        body_limit: u64,
    ) -> Result<RequestBody, Failure> {
        let checked = self.check().and_then(|b| b.within(body_limit));
        match checked {
            Ok(_) => self.fill(environ),
            Err(_) => self.fill_refused(environ),
        }
        checked
    }

    /// Refuses what no client sends in good faith, and tells how the
    /// body ends.
    ///
    /// # Errors
    ///
    /// With the status that the client should get, and the reason.
    pub fn check(&self) -> Result<RequestBody, Failure> {
        self.check_line()?;
        self.check_target()?;
        self.check_size()?;
        self.check_fields()?;
        self.check_host()?;
        self.body()
    }

    fn check_line(&self) -> Result<(), Failure> {
        if self.version.0 != 1 {
            let status = "505 HTTP Version Not Supported";
            return Err(Failure::new(status, self.version()));
        }
        match self.method {
            "CONNECT" => not_implemented("method", b"CONNECT"),
            method if is_whole_token(method) => Ok(()),
            method => Err(wrong("method", method.as_bytes())),
        }
    }

    fn check_size(&self) -> Result<(), Failure> {
        let lengths =
            self.fields.iter().map(|(n, v)| n.len() + v.len());
        let (count, size) = (self.fields.len(), lengths.sum::<usize>());
        if count <= FIELD_LIMIT && size <= FIELDS_LIMIT {
            return Ok(());
        }
        let reason = format!("{count} fields, {size} bytes");
        Err(Failure::new(TOO_LARGE, reason))
    }

    /// RFC 9110, section 5.5: no control characters but tabs.
    fn check_fields(&self) -> Result<(), Failure> {
        let is_control = |b: &u8| b.is_ascii_control() && *b != b'\t';
        for (name, value) in self.fields {
            if !is_whole_token(name) {
                return Err(wrong("field name", name.as_bytes()));
            }
            if value.iter().any(is_control) {
                return Err(wrong(&format!("field {name}:"), value));
            }
        }
        Ok(())
    }

    /// The forms of RFC 9112, section 3.2, but the one of CONNECT.
    fn check_target(&self) -> Result<(), Failure> {
        let target = self.target;
        if target.len() > TARGET_LIMIT {
            let reason = format!("a target of {} bytes", target.len());
            return Err(Failure::new("414 URI Too Long", reason));
        }
        let is_known = match absolute(target) {
            Some((host, _)) => names_host(host),
            None if self.method == "OPTIONS" && target == b"*" => true,
            None => target.starts_with(b"/"),
        };
        // No form has a fragment, though some characters that no form
        // has either are sent by browsers, in a query.
        let is_visible =
            target.iter().all(|b| (33..127).contains(b) && *b != b'#');
        match is_known && is_visible {
            true => Ok(()),
            false => Err(wrong("target", target)),
        }
    }

    /// RFC 9112, section 3.2: one Host, which 1.0 may leave out.
    fn check_host(&self) -> Result<(), Failure> {
        match self.only("Host")? {
            Some(host) if is_host(host) => Ok(()),
            Some(host) => Err(wrong("Host", host)),
            None if self.version == (1, 0) => Ok(()),
            None => Err(Failure::bad_request("no Host")),
        }
    }

    /// RFC 9112, section 6.3: whoever reads another length than the
    /// proxy in front takes a body for the next request.
    ///
    /// # Errors
    ///
    /// The end of the body cannot be told for certain.
    pub fn body(&self) -> Result<RequestBody, Failure> {
        let length = self.only("Content-Length")?;
        let Some(coding) = self.only("Transfer-Encoding")? else {
            let length = length.unwrap_or(b"0");
            return match decimal(length) {
                Some(length) => Ok(RequestBody::Length(length)),
                None => Err(wrong("Content-Length", length)),
            };
        };
        if length.is_some() || self.version == (1, 0) {
            return Err(wrong("misplaced Transfer-Encoding", coding));
        }
        // Only after `chunked` can the end be told, and it is all that
        // is decoded here.
        let is_chunked = |c: &[u8]| c.eq_ignore_ascii_case(b"chunked");
        if is_chunked(coding) {
            return Ok(RequestBody::Chunked);
        }
        let last = coding.len().saturating_sub(b"chunked".len());
        match is_chunked(&coding[last..]) {
            true => not_implemented("Transfer-Encoding", coding),
            false => Err(wrong("Transfer-Encoding", coding)),
        }
    }

    /// The value of a field that may come once.
    fn only(&self, name: &str) -> Result<Option<&'a [u8]>, Failure> {
        let mut values = self.values(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(second) => {
                Err(wrong(&format!("another {name}:"), second))
            }
        }
    }

    /// Does the client wait for `100 Continue` before it sends the
    /// body (RFC 9110, section 10.1.1)?
    pub fn expects_continue(&self) -> bool {
        self.version != (1, 0) && self.lists("Expect", b"100-continue")
    }

    /// How an answer to this request is framed, and whether another
    /// request may follow (RFC 9112, section 9.3).
    pub fn protocol(&self) -> Protocol {
        let has = |option| self.lists("Connection", option);
        let keep_alive = !has(b"close")
            && (self.version != (1, 0) || has(b"keep-alive"));
        Protocol::Http { minor: self.version.1, keep_alive }
    }

    /// Is this word in the list that all fields of the name are?
    fn lists(&self, name: &str, word: &[u8]) -> bool {
        self.values(name)
            .flat_map(|value| value.split(|&b| b == b','))
            .any(|w| w.trim_ascii().eq_ignore_ascii_case(word))
    }

    /// The values of all fields of this name, in order.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// Puts what the request says into the environ (RFC 3875, section
    /// 4.1; PEP 3333, "environ Variables").
    pub fn fill(&self, environ: &mut Environ) {
        environ.set("GATEWAY_INTERFACE", "CGI/1.1");
        environ.set("REQUEST_METHOD", self.method);
        environ.set("SCRIPT_NAME", "");
        environ.set("SERVER_PROTOCOL", self.version().as_bytes());
        environ.set("SERVER_SOFTWARE", SOFTWARE);
        for (at, (name, _)) in self.fields.iter().enumerate() {
            let mut before = self.fields[..at].iter();
            if !before.any(|(n, _)| n.eq_ignore_ascii_case(name)) {
                self.fill_field(name, environ);
            }
        }
        self.fill_target(environ);
    }

    /// Puts the fields of a name into the environ, as one (RFC 3875,
    /// section 4.1.18).
    fn fill_field(&self, name: &str, environ: &mut Environ) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // X_Forwarded_For would pass for X-Forwarded-For, and
        // HTTP_PROXY is read by HTTP clients (httpoxy.org).
        if name.contains('_') || is("Proxy") {
            return;
        }
        // The server has undone it (PEP 3333, "Other HTTP Features").
        if is("Transfer-Encoding") {
            return;
        }
        // CGI calls two otherwise (RFC 3875, sections 4.1.2 and 4.1.3).
        let is_cgis = is("Content-Type") || is("Content-Length");
        let prefix = if is_cgis { "" } else { "HTTP_" };
        let spelled = name.bytes().map(|byte| match byte {
            b'-' => b'_',
            byte => byte.to_ascii_uppercase(),
        });
        let spelled = prefix.bytes().chain(spelled);
        let separator = if is("Cookie") { "; " } else { ", " };
        let mut values = self.values(name);
        let first = values.next().unwrap_or_default();
        let joined = values.next().map(|_| {
            let all: Vec<_> = self.values(name).collect();
            all.join(separator.as_bytes())
        });
        environ.put(spelled, joined.as_deref().unwrap_or(first));
    }

    /// Puts as much of a request that is refused into the environ as
    /// the log needs.
    fn fill_refused(&self, environ: &mut Environ) {
        let method = shown(self.method.as_bytes());
        environ.set("REQUEST_METHOD", method.as_bytes());
        environ.set("PATH_INFO", shown(self.target).as_bytes());
    }

    fn version(&self) -> Cow<'static, str> {
        match self.version {
            (1, 1) => "HTTP/1.1".into(),
            (major, minor) => format!("HTTP/{major}.{minor}").into(),
        }
    }

    fn fill_target(&self, environ: &mut Environ) {
        let mut target = self.target;
        // Its host stands above the field's (RFC 9112, section 3.2.2).
        if let Some((host, path)) = absolute(target) {
            environ.set("HTTP_HOST", host);
            target = path;
        }
        let end = target.iter().position(|&b| b == b'?');
        let (path, query) =
            target.split_at(end.unwrap_or(target.len()));
        match path {
            b"" => environ.set("REQUEST_URI", [b"/", query].concat()),
            _ => environ.set("REQUEST_URI", target),
        }
        let path = if path.is_empty() { b"/" } else { path };
        // `*` is no path, and means the server as a whole.
        let path = if path == b"*" { b"" } else { path };
        environ.set("PATH_INFO", Cow::from(percent_decode(path)));
        let query = query.strip_prefix(b"?").unwrap_or_default();
        environ.set("QUERY_STRING", query);
    }
}

/// Puts the two ends of the connection into the environ: what
/// [`name_and_port`] and [`address_and_port`] make of them, which is the
/// same for all requests.
pub fn fill_addresses(
    environ: &mut Environ,
    (name, port): &(String, String),
    client: Option<&(String, String)>,
) {
    environ.set("SERVER_NAME", name);
    environ.set("SERVER_PORT", port);
    if let Some((address, port)) = client {
        environ.set("REMOTE_ADDR", address);
        environ.set("REMOTE_PORT", port);
    }
}

/// REMOTE_ADDR and REMOTE_PORT.
pub fn address_and_port(client: SocketAddr) -> (String, String) {
    let address = client.ip().to_canonical();
    (address.to_string(), client.port().to_string())
}

/// SERVER_NAME, an address as it stands in a URL, and SERVER_PORT (RFC
/// 3875, sections 4.1.14 and 4.1.15).
pub fn name_and_port(server: SocketAddr) -> (String, String) {
    let name = match server.ip().to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    (name, server.port().to_string())
}

/// The host of a target in absolute form, and the path and query
/// (RFC 9112, section 3.2.2).
fn absolute(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let scheme = target.windows(3).position(|w| w == b"://")?;
    let is_http = target[..scheme].eq_ignore_ascii_case(b"http")
        || target[..scheme].eq_ignore_ascii_case(b"https");
    let rest = &target[scheme + 3..];
    let end = rest.iter().position(|b| b"/?".contains(b));
    is_http.then(|| rest.split_at(end.unwrap_or(rest.len())))
}

fn is_whole_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token)
}

/// `uri-host [":" port]` (RFC 9110, section 7.2), in which both may be
/// empty. Refused are addresses of versions to come, `[v7.x]`, and
/// `user@` in front, a trick of phishers (RFC 9110, section 4.2.4).
pub(crate) fn is_host(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let digits = |c: char| c.is_ascii_digit();
    let before = text.trim_end_matches(digits).strip_suffix(':');
    let host = before.unwrap_or(text);
    match host.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_name(host.as_bytes()),
    }
}

/// The same, but the host is not empty.
pub(crate) fn names_host(text: &[u8]) -> bool {
    is_host(text) && !matches!(text, [] | [b':', ..])
}

/// A name in the wider sense of RFC 3986, section 3.2.2, which can be
/// `192.0.2.1`, too.
fn is_name(text: &[u8]) -> bool {
    let is_digit =
        |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    text.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => is_digit(at + 1) && is_digit(at + 2),
        byte if byte.is_ascii_alphanumeric() => true,
        byte => b"-._~!$&'()*+,;=".contains(byte),
    })
}

fn not_implemented<T>(what: &str, found: &[u8]) -> Result<T, Failure> {
    let reason = format!("{what} {:?}", shown(found));
    Err(Failure::new("501 Not Implemented", reason))
}

/// A refusal that shows what the client has sent.
pub(crate) fn wrong(what: &str, found: &[u8]) -> Failure {
    Failure::bad_request(format!("{what} {:?}", shown(found)))
}

/// The start of something that the client sent, for the log.
fn shown(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(100)])
}
