//! The head of an HTTP request: what it may say, and the environ that
//! it makes. Both of our servers use this.

use crate::exchange::Protocol;
use crate::input::{decimal, too_large};
use crate::response_head::is_token;
use crate::{Environ, Failure, SOFTWARE};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;
use std::net::SocketAddr;

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
            _ => {
                let status = "505 HTTP Version Not Supported";
                failure(status, self.version())
            }
        }
    }

    fn check_method(&self) -> Result<(), Failure> {
        match self.method {
            "CONNECT" => failure("501 Not Implemented", "CONNECT"),
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
            return failure("414 URI Too Long", reason);
        }
        let is_known = match absolute(target) {
            Some((host, _)) => !host.is_empty() && is_host(host),
            None if self.method == "OPTIONS" && target == b"*" => true,
            None => target.starts_with(b"/"),
        };
        let is_visible = target.iter().all(|b| (33..127).contains(b));
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
        failure(
            "431 Request Header Fields Too Large",
            format!("{count} fields, {size} bytes"),
        )
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

    /// RFC 9112, section 6.1.
    fn transfer_coding(
        &self,
        coding: &[u8],
    ) -> Result<RequestBody, Failure> {
        match coding.eq_ignore_ascii_case(b"chunked") {
            _ if self.version == (1, 0) => {
                bad("Transfer-Encoding in HTTP/1.0")
            }
            true => Ok(RequestBody::Chunked),
            false => failure(
                "501 Not Implemented",
                format!("Transfer-Encoding {:?}", shown(coding)),
            ),
        }
    }

    /// May the connection serve another request after this one (RFC
    /// 9112, section 9.3)?
    fn keep_alive(&self) -> bool {
        let mut options = self
            .values("Connection")
            .flat_map(|value| value.split(|&b| b == b','))
            .map(|option| option.trim_ascii());
        let is = |option: &[u8], name: &str| {
            option.eq_ignore_ascii_case(name.as_bytes())
        };
        match self.version {
            (1, 0) => {
                options.clone().any(|o| is(o, "keep-alive"))
                    && !options.any(|o| is(o, "close"))
            }
            _ => !options.any(|o| is(o, "close")),
        }
    }

    /// Does the client wait for `100 Continue` before it sends the
    /// body (RFC 9110, section 10.1.1)?
    pub fn expects_continue(&self) -> bool {
        let is_continue =
            |value: &[u8]| value.eq_ignore_ascii_case(b"100-continue");
        self.version != (1, 0) && self.values("Expect").any(is_continue)
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
        environ.set("SERVER_PROTOCOL", self.version().as_bytes());
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

    fn version(&self) -> Cow<'static, str> {
        match self.version {
            (1, 1) => "HTTP/1.1".into(),
            (1, 0) => "HTTP/1.0".into(),
            (major, minor) => format!("HTTP/{major}.{minor}").into(),
        }
    }

    fn fill_target(&self, environ: &mut Environ) {
        let (host, target) = match absolute(self.target) {
            Some((host, target)) => (Some(host), target),
            None => (None, self.target),
        };
        let (path, query) = match target.iter().position(|&b| b == b'?')
        {
            Some(at) => (&target[..at], &target[at + 1..]),
            None => (target, &b""[..]),
        };
        environ.set("PATH_INFO", path_info(path));
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
        set_display(environ, "REMOTE_ADDR", client.ip());
        set_display(environ, "REMOTE_PORT", client.port());
    }
}

/// Sets a variable to a value's text, without a `String` between.
fn set_display(environ: &mut Environ, name: &str, value: impl Display) {
    let mut text = [0; 64];
    let mut room = &mut text[..];
    // It is an address or a port, for which there is room.
    let _ = write!(room, "{value}");
    let end = 64 - room.len();
    environ.set(name, &text[..end]);
}

/// SERVER_NAME, an address as it stands in a URL, and SERVER_PORT (RFC
/// 3875, sections 4.1.14 and 4.1.15).
pub fn name_and_port(server: SocketAddr) -> (String, String) {
    let name = match server {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
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

/// An empty path means the root, and `*` the server as a whole.
fn path_info(path: &[u8]) -> Cow<'_, [u8]> {
    match path {
        b"" => b"/".into(),
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

/// A host and port; `user@` before it is a trick of phishers (RFC
/// 9110, section 4.2.4).
fn is_host(text: &[u8]) -> bool {
    text.iter().all(|&byte| {
        byte.is_ascii_alphanumeric()
            || b"-._~!$&'()*+,;=:[]%".contains(&byte)
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

fn failure<T>(
    status: &'static str,
    reason: impl Into<String>,
) -> Result<T, Failure> {
    Err(Failure::new(status, reason))
}
