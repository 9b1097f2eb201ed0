//! The head of an HTTP request: what it may say, and the environ that
//! it makes. Both of our servers use this.

use crate::exchange::Protocol;
use crate::input::{decimal, too_large};
use crate::response_head::is_token;
use crate::{Environ, Failure, SOFTWARE};
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
    pub fn within(self, limit: u64) -> Result<Self, Failure> {
        match self {
            Self::Length(length) if length > limit => {
                Err(too_large(limit))
            }
            body => Ok(body),
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

impl<'a> RequestHead<'a> {
    /// Refuses what no client sends in good faith, and tells how the
    /// body ends.
    ///
    /// # Errors
    ///
    /// With the status that the client should get, and the reason.
    pub fn check(&self) -> Result<RequestBody, Failure> {
        self.check_version()?;
        self.check_method()?;
        self.check_target()?;
        self.check_size()?;
        self.check_fields()?;
        self.check_host()?;
        self.body()
    }

    fn check_version(&self) -> Result<(), Failure> {
        match self.version {
            (1, _) => Ok(()),
            _ => Err(Failure::new(
                "505 HTTP Version Not Supported",
                self.version(),
            )),
        }
    }

    fn check_method(&self) -> Result<(), Failure> {
        match self.method {
            "CONNECT" => not_implemented("CONNECT"),
            method if is_whole_token(method) => Ok(()),
            method => {
                bad(format!("method {:?}", shown(method.as_bytes())))
            }
        }
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
            false => bad(format!("target {:?}", shown(target))),
        }
    }

    fn check_size(&self) -> Result<(), Failure> {
        let count = self.fields.len();
        let lengths =
            self.fields.iter().map(|(n, v)| n.len() + v.len());
        let size: usize = lengths.sum();
        if count <= FIELD_LIMIT && size <= FIELDS_LIMIT {
            return Ok(());
        }
        Err(Failure::new(
            "431 Request Header Fields Too Large",
            format!("{count} fields, {size} bytes"),
        ))
    }

    /// RFC 9110, section 5.5: no control characters but tabs.
    fn check_fields(&self) -> Result<(), Failure> {
        let is_control = |b: &u8| b.is_ascii_control() && *b != b'\t';
        for (name, value) in self.fields {
            if !is_whole_token(name) {
                let name = shown(name.as_bytes());
                return bad(format!("field name {name:?}"));
            }
            if value.iter().any(is_control) {
                let value = shown(value);
                return bad(format!("field {name}: {value:?}"));
            }
        }
        Ok(())
    }

    /// RFC 9112, section 3.2: one Host, which 1.0 may leave out.
    fn check_host(&self) -> Result<(), Failure> {
        let mut hosts = self.values("Host");
        match (hosts.next(), hosts.next()) {
            (None, _) if self.version == (1, 0) => Ok(()),
            (None, _) => bad("no Host"),
            (Some(host), None) if is_host(host) => Ok(()),
            (Some(host), None) => {
                bad(format!("Host {:?}", shown(host)))
            }
            (Some(_), Some(_)) => bad("several Hosts"),
        }
    }

    /// RFC 9112, section 6.3: whoever reads another length than the
    /// proxy in front takes a body for the next request.
    ///
    /// # Errors
    ///
    /// The end of the body cannot be told for certain.
    pub fn body(&self) -> Result<RequestBody, Failure> {
        let mut lengths = self.values("Content-Length");
        let length = lengths.next();
        let mut codings = self.values("Transfer-Encoding");
        match (codings.next(), length) {
            _ if lengths.next().is_some() => {
                bad("several Content-Lengths")
            }
            (None, None) => Ok(RequestBody::Length(0)),
            (None, Some(length)) => content_length(length),
            (Some(_), Some(_)) => {
                bad("Transfer-Encoding and Content-Length")
            }
            (Some(_), _) if codings.next().is_some() => {
                bad("several Transfer-Encodings")
            }
            (Some(coding), None) => self.transfer_coding(coding),
        }
    }

    /// RFC 9112, sections 6.1 and 6.3: only behind `chunked` can the
    /// end be told, and nothing else is decoded here.
    fn transfer_coding(
        &self,
        coding: &[u8],
    ) -> Result<RequestBody, Failure> {
        let codings =
            coding.split(|&b| b == b',').map(<[u8]>::trim_ascii);
        let last = codings.filter(|name| !name.is_empty()).last();
        let is_chunked =
            |name: &[u8]| name.eq_ignore_ascii_case(b"chunked");
        let shown = shown(coding);
        match is_chunked(coding) {
            _ if self.version == (1, 0) => {
                bad("Transfer-Encoding in HTTP/1.0")
            }
            true => Ok(RequestBody::Chunked),
            false if last.is_some_and(is_chunked) => {
                not_implemented(format!("Transfer-Encoding {shown:?}"))
            }
            false => bad(format!("Transfer-Encoding {shown:?}")),
        }
    }

    /// May the connection serve another request after this one (RFC
    /// 9112, section 9.3)?
    fn keep_alive(&self) -> bool {
        let has = |option| self.lists("Connection", option);
        !has(b"close") && (self.version != (1, 0) || has(b"keep-alive"))
    }

    /// Does a field that is a list have this member?
    fn lists(&self, name: &str, member: &[u8]) -> bool {
        self.values(name)
            .flat_map(|value| value.split(|&b| b == b','))
            .any(|m| m.trim_ascii().eq_ignore_ascii_case(member))
    }

    /// Does the client wait for `100 Continue` before it sends the
    /// body (RFC 9110, section 10.1.1)?
    pub fn expects_continue(&self) -> bool {
        self.version != (1, 0) && self.lists("Expect", b"100-continue")
    }

    /// How an answer to this request is framed.
    pub fn protocol(&self) -> Protocol {
        let (minor, keep_alive) = (self.version.1, self.keep_alive());
        Protocol::Http { minor, keep_alive }
    }

    /// The values of all fields of this name, in order.
    pub fn values(
        &self,
        name: &str,
    ) -> impl Iterator<Item = &'a [u8]> + Clone {
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
        environ.set("SERVER_PROTOCOL", self.version());
        environ.set("SERVER_SOFTWARE", SOFTWARE);
        for (name, value) in self.fields {
            set_field(environ, name, value);
        }
        self.fill_target(environ);
    }

    /// Puts as much of a request that is refused into the environ as
    /// the log needs.
    pub fn fill_refused(&self, environ: &mut Environ) {
        let method = shown(self.method.as_bytes());
        environ.set("REQUEST_METHOD", method.as_bytes());
        environ.set("PATH_INFO", shown(self.target).as_bytes());
    }

    fn version(&self) -> String {
        let (major, minor) = self.version;
        format!("HTTP/{major}.{minor}")
    }

    fn fill_target(&self, environ: &mut Environ) {
        let (host, target) = match absolute(self.target) {
            Some((host, target)) => (Some(host), target),
            None => (None, self.target),
        };
        let end = target.iter().position(|&b| b == b'?');
        let (path, query) =
            target.split_at(end.unwrap_or(target.len()));
        let path = if path.is_empty() { b"/" } else { path };
        environ.set("REQUEST_URI", [path, query].concat());
        environ.set("PATH_INFO", path_info(path));
        let query = query.strip_prefix(b"?").unwrap_or_default();
        environ.set("QUERY_STRING", query);
        // It stands above the Host field (RFC 9112, section 3.2.2).
        if let Some(host) = host {
            environ.set("HTTP_HOST", host);
        }
    }
}

/// Puts the two ends of the connection into the environ.
pub fn fill_addresses(
    environ: &mut Environ,
    (name, port): &(String, String),
    client: Option<SocketAddr>,
) {
    environ.set("SERVER_NAME", name);
    environ.set("SERVER_PORT", port);
    if let Some(client) = client {
        let address = client.ip().to_canonical();
        environ.set("REMOTE_ADDR", address.to_string());
        environ.set("REMOTE_PORT", client.port().to_string());
    }
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

/// Puts a field into the environ; several of one name become one, as
/// RFC 3875, section 4.1.18, allows.
fn set_field(environ: &mut Environ, name: &str, value: &[u8]) {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    // X_Forwarded_For would pass for X-Forwarded-For, and HTTP_PROXY
    // is read by HTTP clients (httpoxy.org).
    if name.contains('_') || is("Proxy") {
        return;
    }
    // The server has undone it (PEP 3333, "Other HTTP Features").
    if is("Transfer-Encoding") {
        return;
    }
    let separator = if is("Cookie") { "; " } else { ", " };
    // CGI calls two otherwise (RFC 3875, sections 4.1.2 and 4.1.3).
    let prefix = match is("Content-Type") || is("Content-Length") {
        true => "",
        false => "HTTP_",
    };
    environ.append(prefix, name, separator, value);
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

/// The path, decoded; `*` is none, and means the server as a whole.
fn path_info(path: &[u8]) -> Cow<'_, [u8]> {
    match path {
        b"*" => b"".into(),
        path if path.contains(&b'%') => percent_decoded(path).into(),
        path => path.into(),
    }
}

/// Undoes percent-encoding, once. What is no escape stays as it is,
/// and so does `+`, which means a space in forms only.
fn percent_decoded(path: &[u8]) -> Vec<u8> {
    let digit = |at: usize| {
        let digit = char::from(*path.get(at)?).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let mut decoded = Vec::with_capacity(path.len());
    let mut at = 0;
    while at < path.len() {
        match (path[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high * 16 + low);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

fn is_whole_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token)
}

/// `uri-host [":" port]` (RFC 9110, section 7.2), in which both may be
/// empty. Refused are addresses of versions to come, `[v7.x]`, and
/// `user@` in front, a trick of phishers (RFC 9110, section 4.2.4).
pub(crate) fn is_host(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let (host, port) = match text.rsplit_once(':') {
        // A colon within brackets is the address's.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let inner =
        host.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let is_right = match inner {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_name(host.as_bytes()),
    };
    is_right && port.bytes().all(|b| b.is_ascii_digit())
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

fn content_length(value: &[u8]) -> Result<RequestBody, Failure> {
    match decimal(value) {
        Some(length) => Ok(RequestBody::Length(length)),
        None => bad(format!("Content-Length {:?}", shown(value))),
    }
}

/// The start of something that the client sent, for the log.
fn shown(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(100)])
}

fn bad<T>(reason: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::bad_request(reason))
}

fn not_implemented<T>(reason: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::new("501 Not Implemented", reason))
}
