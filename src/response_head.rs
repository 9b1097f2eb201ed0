//! The head of a response: what an application may put in it.

use crate::Headers;
use crate::headers::find;
use crate::input::decimal;

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
    for (at, &header) in headers.iter().enumerate() {
        let wrong = wrong_header(status, header, &headers[..at]);
        if let Some(reason) = wrong {
            return Err(format!("header {:?}: {reason}", header.0));
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

fn wrong_header(
    status: &str,
    (name, value): (&str, &str),
    before: &[(&str, &str)],
) -> Option<String> {
    let same = |other: &&str| name.eq_ignore_ascii_case(other);
    if name.is_empty() {
        Some("a name must not be empty".into())
    } else if let Some(at) = name.bytes().position(|b| !is_token(b)) {
        Some(format!("byte {at} of its name is not a token's"))
    } else if is_the_servers(name) {
        Some("is the server's to send".into())
    } else if find(before, name).is_some() && ONCE.iter().any(same) {
        Some("may be given once only".into())
    } else if same(&"Content-Length") {
        wrong_length(status, value)
    } else {
        wrong_value(value)
    }
}

/// Is a field of this name the server's to send, and not the
/// application's (RFC 9110, section 7.6.1; RFC 3875, section 6.3.3)?
pub fn is_the_servers(name: &str) -> bool {
    let same = |other: &&str| name.eq_ignore_ascii_case(other);
    NOT_THE_APPLICATIONS.iter().any(same)
}

/// May this byte stand in a token, such as a method or a field's name
/// (RFC 9110, section 5.6.2)?
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Control characters, and what does not fit Latin-1, in which a head
/// is sent (PEP 3333, "Unicode Issues"): in UTF-8 that begins with a
/// byte above C3.
fn wrong_value(value: &str) -> Option<String> {
    let wrong = |byte: u8| byte.is_ascii_control() || byte > 0xc3;
    let at = value.bytes().position(wrong)?;
    let c = value[at..].chars().next()?;
    Some(format!("{c:?} at byte {at} of its value"))
}

/// A Content-Length is a number, and a response without a body has
/// none (RFC 9110, section 8.6).
fn wrong_length(status: &str, length: &str) -> Option<String> {
    match (decimal(length.as_bytes()), &status[..3]) {
        (_, "204") => Some("a 204 has no body, so no length".into()),
        (Some(1..), "205") => Some("a 205 has no body".into()),
        (Some(_), _) => None,
        (None, _) => {
            Some(format!("{length:?} is not a number of bytes"))
        }
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

/// Reads a head back that was begun: its status and headers.
pub(crate) fn read_back(begun: &[u8]) -> (String, Headers) {
    let text: String = begun.iter().map(|&b| b as char).collect();
    let mut lines = text.split_terminator("\r\n");
    // "HTTP/1.1 200 OK", or "Status: 200 OK".
    let first = lines.next().and_then(|line| line.split_once(' '));
    let mut headers = Headers::default();
    for (name, value) in lines.filter_map(|l| l.split_once(": ")) {
        headers.push(name, value);
    }
    (first.unwrap_or_default().1.into(), headers)
}
