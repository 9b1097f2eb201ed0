//! What a server has to put into the environ.

use super::notes::Found;
use super::rule::Rule::{self, *};
use crate::Environ;
use crate::request_head::{is_host, names_host};
use crate::response_head::is_token;

const REQUIRED: [&str; 4] =
    ["REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"];

/// What CGI calls otherwise.
const RENAMED: [&str; 2] = ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"];

/// A variable, its rule, and whether a value keeps it.
type Form = (&'static str, Rule, fn(&[u8]) -> bool);

const FORMS: [Form; 8] = [
    ("REQUEST_METHOD", Method, |v| v.iter().all(|&b| is_token(b))),
    ("SERVER_NAME", ServerName, names_host),
    ("SERVER_PORT", ServerPort, is_number),
    ("SERVER_PROTOCOL", ServerProtocol, is_version),
    ("SCRIPT_NAME", ScriptName, |v| is_path(v) && v != b"/"),
    ("PATH_INFO", PathInfo, is_path),
    ("CONTENT_LENGTH", ContentLength, is_number),
    ("HTTP_HOST", Host, is_host),
];

/// All that is wrong with an environ.
pub(super) fn check(environ: &Environ) -> Vec<Found> {
    let mut found = Vec::new();
    let value = |name| environ.bytes(name).unwrap_or_default();
    for name in REQUIRED.into_iter().filter(|n| value(n).is_empty()) {
        found.push((Required, format!("no {name}")));
    }
    for (name, rule, is_right) in FORMS {
        let value = value(name);
        if !value.is_empty() && !is_right(value) {
            let value = String::from_utf8_lossy(value);
            found.push((rule, format!("{name} is {value:?}")));
        }
    }
    for name in RENAMED {
        if environ.bytes(name).is_some() {
            found.push((Renamed, name.to_string()));
        }
    }
    // `OPTIONS *` asks the server as a whole, which has no path.
    if value("SCRIPT_NAME").is_empty()
        && value("PATH_INFO").is_empty()
        && value("REQUEST_METHOD") != b"OPTIONS"
    {
        found.push((Path, "no path".to_string()));
    }
    if !matches!(environ.url_scheme, "http" | "https") {
        let scheme = environ.url_scheme;
        found.push((Scheme, format!("url_scheme is {scheme:?}")));
    }
    found
}

fn is_path(value: &[u8]) -> bool {
    matches!(value, [] | [b'/', ..])
}

fn is_number(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

fn is_version(value: &[u8]) -> bool {
    match value.strip_prefix(b"HTTP/") {
        Some([major, b'.', minor]) => {
            major.is_ascii_digit() && minor.is_ascii_digit()
        }
        Some([major]) => major.is_ascii_digit(),
        _ => false,
    }
}

/// Where an application is: SCRIPT_NAME and PATH_INFO.
pub(super) type Place = [Option<Vec<u8>>; 2];

pub(super) fn place(environ: &Environ) -> Place {
    ["SCRIPT_NAME", "PATH_INFO"]
        .map(|name| environ.bytes(name).map(<[u8]>::to_vec))
}

/// A place, for a message.
pub(super) fn shown(place: &Place) -> String {
    let text = place.each_ref().map(|value| {
        let value = value.as_deref().unwrap_or_default();
        String::from_utf8_lossy(value)
    });
    format!("{:?} and {:?}", text[0], text[1])
}
