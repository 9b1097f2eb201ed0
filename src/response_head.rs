//! The head of a response: what an application may put in it.

use crate::framing::{Framing, Protocol};
use crate::input::decimal;
use crate::{Headers, SOFTWARE};
use httpdate::HttpDate;
use std::fmt::Display;
use std::io::Write;
use std::time::SystemTime;

/// Fields of one connection, which are the server's affair (RFC 9110,
/// section 7.6.1), and `Status`, which is CGI's (RFC 3875, section
/// 6.3.3).
const NOT_THE_APPLICATIONS: [&str; 11] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "status",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

/// Fields of which a response has one at most.
const ONCE: [&str; 4] =
    ["content-length", "content-type", "date", "location"];

/// Refuses a status or header that would break the response.
///
/// PEP 3333, "The start_response() Callable", asks for this check
/// while the application can still be told. A line break in a value,
/// for one, ends the header, and the client reads what follows as the
/// next:
///
/// ```
/// let headers = [("Location", "/next\r\nSet-Cookie: admin=1")];
/// let error = gateway::response_head::check("303 See Other", &headers);
/// let message = r#"header "Location": '\r' at byte 5 of its value"#;
/// assert_eq!(error.unwrap_err(), message);
/// ```
///
/// # Errors
///
/// The first thing that is wrong, with its name and place.
pub fn check(
    status: &str,
    headers: &[(&str, &str)],
) -> Result<(), String> {
    if let Some(reason) = wrong_status(status) {
        return Err(format!("status {status:?}: {reason}"));
    }
    for (at, (name, value)) in headers.iter().enumerate() {
        let wrong = wrong_name(name)
            .or_else(|| wrong_value(value))
            .or_else(|| repeated(name, &headers[..at]))
            .or_else(|| wrong_length(status, name, value));
        if let Some(reason) = wrong {
            return Err(format!("header {name:?}: {reason}"));
        }
    }
    Ok(())
}

/// Three digits, one space, a reason (PEP 3333; RFC 9112, section 4).
fn wrong_status(status: &str) -> Option<String> {
    match status.as_bytes() {
        [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ', text @ ..]
            if !text.is_empty() && text.trim_ascii() == text =>
        {
            wrong_value(status)
        }
        _ => Some("not like \"200 OK\", from 200 to 599".into()),
    }
}

fn wrong_name(name: &str) -> Option<String> {
    let same = |other: &&str| name.eq_ignore_ascii_case(other);
    if name.is_empty() {
        Some("a name must not be empty".into())
    } else if let Some(at) = name.bytes().position(|b| !is_token(b)) {
        Some(format!("byte {at} of its name is not a token's"))
    } else if NOT_THE_APPLICATIONS.iter().any(same) {
        Some("is the server's to send".into())
    } else {
        None
    }
}

/// May this byte stand in a token, such as a method or a field's name
/// (RFC 9110, section 5.6.2)?
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Control characters, and what does not fit Latin-1, in which a head
/// is sent (PEP 3333, "Unicode Issues").
fn wrong_value(value: &str) -> Option<String> {
    let wrong = |c: char| c.is_ascii_control() || c > '\u{ff}';
    let (at, c) = value.char_indices().find(|&(_, c)| wrong(c))?;
    Some(format!("{c:?} at byte {at} of its value"))
}

fn repeated(name: &str, before: &[(&str, &str)]) -> Option<String> {
    let same = |other: &str| name.eq_ignore_ascii_case(other);
    let is_once = ONCE.iter().any(|once| same(once));
    let is_there = before.iter().any(|(other, _)| same(other));
    (is_once && is_there).then(|| "may be given once only".into())
}

/// A Content-Length is a number, and a response without a body has
/// none (RFC 9110, section 8.6).
fn wrong_length(
    status: &str,
    name: &str,
    value: &str,
) -> Option<String> {
    if !name.eq_ignore_ascii_case("Content-Length") {
        return None;
    }
    match (decimal(value.as_bytes()), &status[..3]) {
        (_, "204") => Some("a 204 has no body, so no length".into()),
        (None, _) => {
            Some(format!("{value:?} is not a number of bytes"))
        }
        (Some(1..), "205") => Some("a 205 has no body".into()),
        (Some(_), _) => None,
    }
}

/// The head of a response, in the hands of a [`Layer`](crate::Layer).
///
/// The headers are the application's; what the server adds is not among
/// them, and neither is a Content-Length, which is `length`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// Such as `200 OK`.
    pub status: String,
    /// All but Content-Length.
    pub headers: Headers,
    /// The body's length in bytes: what the application declared, or
    /// else what is known of the body. A layer that makes it longer or
    /// shorter puts the new one here, or `None`.
    pub length: Option<u64>,
}

impl ResponseHead {
    /// Reads a head back that was begun.
    pub(crate) fn read_back(begun: &[u8]) -> Self {
        let text: String =
            begun.iter().map(|&byte| char::from(byte)).collect();
        let mut lines = text.split_terminator("\r\n");
        // "HTTP/1.1 200 OK", or "Status: 200 OK".
        let first = lines.next().and_then(|line| line.split_once(' '));
        let mut headers = Headers::default();
        for line in lines {
            let (name, value) =
                line.split_once(": ").unwrap_or((line, ""));
            headers.push(name, value);
        }
        let length = headers.remove("Content-Length");
        Self {
            status: first.unwrap_or_default().1.into(),
            headers,
            length: length.and_then(|length| length.parse().ok()),
        }
    }
}

/// What must be remembered of a head that was begun.
pub(crate) struct Begun {
    pub(crate) status: u16,
    content_length: Option<u64>,
    has_type: bool,
    has_date: bool,
    has_server: bool,
}

impl Begun {
    /// Checks the status and headers, and begins a head with them.
    pub(crate) fn begin(
        status: &str,
        headers: &[(&str, &str)],
        protocol: Protocol,
        to: &mut Vec<u8>,
    ) -> Result<Self, String> {
        check(status, headers)?;
        let first = match protocol {
            Protocol::Cgi => "Status: ",
            _ => "HTTP/1.1 ",
        };
        to.clear(); // of a head that this one replaces
        push_latin1(to, &[first, status, "\r\n"]);
        for (name, value) in headers {
            push_latin1(to, &[name, ": ", value, "\r\n"]);
        }
        let find = |name: &str| {
            let same = |n: &str| n.eq_ignore_ascii_case(name);
            headers.iter().find(|(n, _)| same(n)).map(|(_, v)| *v)
        };
        Ok(Self {
            status: status[..3].parse().unwrap_or(500),
            content_length: find("Content-Length")
                .and_then(|length| length.parse().ok()),
            has_type: find("Content-Type").is_some(),
            has_date: find("Date").is_some(),
            has_server: find("Server").is_some(),
        })
    }

    /// Does a response of this status have no content, ever (RFC 9110,
    /// sections 15.3.5, 15.3.6 and 15.4.5)?
    pub(crate) fn is_bodiless(&self) -> bool {
        matches!(self.status, 204 | 205 | 304)
    }

    /// What is wrong with Content-Type: a body needs one, a response
    /// without a body has none (RFC 3875, section 6.3.1).
    pub(crate) fn type_mismatch(
        &self,
        length: Option<u64>,
    ) -> Option<&'static str> {
        match (self.is_bodiless(), self.has_type) {
            (false, false) if length != Some(0) => {
                Some("a body without a Content-Type")
            }
            (true, true) => Some("a Content-Type without a body"),
            _ => None,
        }
    }

    /// How the end of the body will be told. `length` is the body's,
    /// where it is known.
    fn framing(
        &self,
        protocol: Protocol,
        is_head: bool,
        length: Option<u64>,
    ) -> Framing {
        match (self.content_length.or(length), protocol) {
            _ if is_head || self.is_bodiless() => Framing::Nothing,
            (Some(length), _) => Framing::Exactly(length),
            (None, Protocol::Http { minor: 1.., .. }) => {
                Framing::Chunked
            }
            (None, _) => Framing::UntilClose,
        }
    }

    /// Completes the head with what the application left to the server: how
    /// the body ends, Date and Server (RFC 9110, section 6.6.1), and
    /// what becomes of the connection.
    pub(crate) fn complete(
        &self,
        protocol: Protocol,
        is_head: bool,
        length: Option<u64>,
        to: &mut Vec<u8>,
    ) -> Framing {
        let framing = self.framing(protocol, is_head, length);
        let length = match framing {
            _ if self.content_length.is_some() => None,
            Framing::Exactly(length) => Some(length),
            // Clients wait for a body of it (RFC 9112, section 6.3).
            Framing::Nothing if self.status == 205 => Some(0),
            // To HEAD it is told if the body was made all the same.
            Framing::Nothing if !self.is_bodiless() => {
                length.filter(|&length| length > 0)
            }
            _ => None,
        };
        if let Some(length) = length {
            push_display(to, "Content-Length", length);
        }
        if framing == Framing::Chunked {
            push_latin1(to, &["Transfer-Encoding: chunked\r\n"]);
        }
        if protocol != Protocol::Cgi && !self.has_date {
            push_display(to, "Date", HttpDate::from(SystemTime::now()));
        }
        if protocol != Protocol::Cgi && !self.has_server {
            push_latin1(to, &["Server: ", SOFTWARE, "\r\n"]);
        }
        push_latin1(to, &[protocol.connection(framing), "\r\n"]);
        framing
    }
}

fn push_display(bytes: &mut Vec<u8>, name: &str, value: impl Display) {
    push_latin1(bytes, &[name, ": "]);
    // It cannot fail: a vector takes all that it is given.
    let _ = write!(bytes, "{value}");
    push_latin1(bytes, &["\r\n"]);
}

fn push_latin1(bytes: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        match text.is_ascii() {
            true => bytes.extend_from_slice(text.as_bytes()),
            false => bytes.extend(text.chars().map(|c| c as u8)),
        }
    }
}
