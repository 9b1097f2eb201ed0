//! A request as text, from which it can be made again.

use crate::diagnostics::Notes;
use crate::middleware::guard::{printed, quoted};
use crate::{Environ, Variables};
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode,
};
use std::io::Cursor;

/// How the line of the body begins.
const INPUT: &str = "wsgi.input";

/// What is not encoded, where something is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_');

/// The request that was noted: a line for each variable, and for the
/// body. Where not all is visible ASCII, all is percent-encoded, and
/// `*` is before the `=`.
pub(super) fn written(notes: &Notes) -> String {
    let environ = notes.environ();
    let variables = environ.variables().into_iter();
    let mut text = String::new();
    for (name, value) in variables.chain([(INPUT, &*notes.input)]) {
        let is_plain = value.iter().all(|b| (32..127).contains(b))
            && name.bytes().all(|b| b.is_ascii_graphic())
            && !name.contains(['=', '*']);
        let encoded = |bytes| percent_encode(bytes, ENCODED);
        text += &match str::from_utf8(value) {
            Ok(value) if is_plain => format!("{name}={value}\n"),
            _ => {
                let name = encoded(name.as_bytes());
                format!("{name}*={}\n", encoded(value))
            }
        };
    }
    text
}

/// Puts the request that is written there in the place of another.
pub(super) fn read(text: &str, environ: &mut Environ) {
    let scheme = environ.url_scheme;
    environ.restore(Variables::default());
    environ.url_scheme = scheme;
    let mut body = Vec::new();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    for (name, value) in lines {
        let decoded = |t| percent_decode_str(t).collect::<Vec<u8>>();
        let (name, value) = match name.strip_suffix('*') {
            Some(name) => (decoded(name), decoded(value)),
            None => (name.into(), value.into()),
        };
        match &*String::from_utf8_lossy(&name) {
            INPUT => body = value,
            name => environ.set(name, value),
        }
    }
    if environ.has_body() {
        environ.set("CONTENT_LENGTH", body.len().to_string());
    }
    environ.input = Box::new(Cursor::new(body));
}

/// The command that sends the request from a terminal, as a part of a
/// report.
pub(super) fn curl(notes: &Notes) -> String {
    let environ = notes.environ();
    let get = |name| environ.get(name).unwrap_or_default();
    let url =
        quoted((environ.origin() + &get("REQUEST_URI")).as_bytes());
    let method = quoted(get("REQUEST_METHOD").as_bytes());
    let mut command = format!("curl -giX {method} {url}");
    for (name, value) in environ.variables() {
        let field = name.trim_start_matches("HTTP_");
        if field != name || name == "CONTENT_TYPE" {
            let field = field.replace('_', "-").to_lowercase() + ": ";
            let field = quoted(&[field.as_bytes(), value].concat());
            command += &format!(" \\\n  -H {field}");
        }
    }
    if !notes.input.is_empty() {
        let body = printed(&notes.input);
        command =
            format!("{body} |\n  {command} \\\n  --data-binary @-");
    }
    format!("\nCopy as curl, with its secrets …\n  {command}\n")
}
