//! Heads that may be sent, and are wrong all the same.

use super::notes::Found;
use super::rule::Rule::*;
use crate::{Headers, ResponseHead};
use httpdate::parse_http_date;

/// Fields that are no lists, beside those of which the server itself
/// takes one only.
const ONCE: [&str; 8] = [
    "Age",
    "Content-Location",
    "Content-Range",
    "ETag",
    "Expires",
    "Last-Modified",
    "Retry-After",
    "Server",
];

/// A 304 is of a body that the client has: what it says of it is to
/// find it again (RFC 9110, section 15.4.5).
const OF_A_BODY: [&str; 3] =
    ["Content-Encoding", "Content-Language", "Content-Range"];

const NEEDS: [(&str, &str); 3] = [
    ("401", "WWW-Authenticate"),
    ("405", "Allow"),
    ("206", "Content-Range"),
];

/// A head as `start_response` is given it.
pub(super) fn started(
    status: &str,
    headers: &[(&str, &str)],
) -> ResponseHead {
    let (status, mut headers) = (status.into(), headers.into());
    let length = Headers::remove(&mut headers, "Content-Length");
    let length = length.and_then(|length| length.parse().ok());
    ResponseHead { status, headers, length }
}

/// All that is wrong with a head by itself.
pub(super) fn check(head: &ResponseHead) -> Vec<Found> {
    let mut found = Vec::new();
    let headers = &head.headers;
    for (name, _) in headers.pairs() {
        if !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || name.ends_with(['-', '_'])
        {
            found.push((FieldName, format!("{name:?}")));
        }
    }
    for name in ONCE {
        let is = |n: &str| n.eq_ignore_ascii_case(name);
        let pairs = headers.pairs();
        let count = pairs.iter().filter(|(n, _)| is(n)).count();
        if count > 1 {
            found.push((Once, format!("{name} {count} times")));
        }
    }
    for name in ["Date", "Last-Modified"] {
        if let Some(date) = headers.get(name)
            && parse_http_date(date).is_err()
        {
            found.push((Date, format!("{name}: {date}")));
        }
    }
    if let Some(etag) = headers.get("ETag").filter(|e| !is_etag(e)) {
        found.push((ETag, format!("ETag: {etag}")));
    }
    found.extend(check_status(head));
    found
}

/// What fields are there, against the status.
fn check_status(head: &ResponseHead) -> Vec<Found> {
    let ResponseHead { status, headers, length } = head;
    let has = |name: &str| headers.get(name).is_some();
    let mut found = Vec::new();
    for (of, name) in NEEDS {
        if is(status, of) && !has(name) && !is_in_parts(headers) {
            found.push((Needs, format!("{status}, and no {name}")));
        }
    }
    let type_ = headers.get("Content-Type");
    match (is_bodiless(status), type_) {
        (false, None) if *length != Some(0) => {
            found.push((TypeMissing, format!("{status}, and none")));
        }
        (true, Some(type_)) => {
            let text = format!("{status}, and {type_}");
            found.push((TypeWithout, text));
        }
        _ => {}
    }
    let names = OF_A_BODY.into_iter().filter(|name| has(name));
    if is(status, "304") {
        found.extend(names.map(|name| (NotModified, name.to_string())));
    }
    found
}

fn is(status: &str, code: &str) -> bool {
    status.starts_with(code)
}

/// Has it no content, whatever the request?
pub(super) fn is_bodiless(status: &str) -> bool {
    ["204", "205", "304"].iter().any(|code| is(status, code))
}

/// Of a 206 in several parts each has a range of its own (RFC 9110,
/// section 15.3.7.2).
fn is_in_parts(headers: &Headers) -> bool {
    let type_ = headers.get("Content-Type").unwrap_or_default();
    type_.to_ascii_lowercase().starts_with("multipart/byteranges")
}

/// `W/"x"` or `"x"`, where x has no quote, blank or control character.
fn is_etag(text: &str) -> bool {
    let text = text.strip_prefix("W/").unwrap_or(text);
    let inside =
        text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inside.is_some_and(|inside| {
        inside.chars().all(|c| c != '"' && c != ' ' && !c.is_control())
    })
}
