//! A request as text, from which it can be made again.

use crate::diagnostics::Notes;
use crate::{Environ, Variables};
use percent_encoding::{
    NON_ALPHANUMERIC, percent_decode, percent_encode,
};
use std::io::Cursor;

/// How the line of the body begins.
const INPUT: &str = "wsgi.input";

/// The request that was noted: a line for each variable, and for the
/// body. Where not all is visible ASCII, all is percent-encoded, and
/// `*` is before the `=`.
pub(super) fn written(notes: &Notes) -> String {
    let environ = notes.environ();
    let variables = environ.variables().into_iter();
    let mut text = String::new();
    for (name, value) in variables.chain([(INPUT, &*notes.input)]) {
        let is_plain = value.iter().all(|b| (32..127).contains(b));
        text += &match str::from_utf8(value) {
            Ok(value) if is_plain => format!("{name}={value}\n"),
            _ => {
                let value = percent_encode(value, NON_ALPHANUMERIC);
                format!("{name}*={value}\n")
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
        let encoded = name.strip_suffix('*');
        let value = match encoded {
            Some(_) => percent_decode(value.as_bytes()).collect(),
            None => value.as_bytes().to_vec(),
        };
        match encoded.unwrap_or(name) {
            INPUT => body = value,
            name => environ.set(name, value),
        }
    }
    if environ.has_body() {
        environ.set("CONTENT_LENGTH", body.len().to_string());
    }
    environ.input = Box::new(Cursor::new(body));
}

/// The command that sends the request from a terminal.
pub(super) fn curl(notes: &Notes) -> String {
    let environ = notes.environ();
    let get = |name| environ.get(name).unwrap_or_default();
    let url = environ.origin() + &get("REQUEST_URI");
    let mut command =
        format!("curl -iX {} {}", get("REQUEST_METHOD"), quoted(&url));
    for name in environ.variables().into_keys() {
        let field = name.trim_start_matches("HTTP_");
        if field != name || name == "CONTENT_TYPE" {
            let field = field.replace('_', "-").to_lowercase();
            let field = format!("{field}: {}", get(name));
            command += &format!(" \\\n  -H {}", quoted(&field));
        }
    }
    let body = String::from_utf8_lossy(&notes.input);
    command + " \\\n  --data-binary " + &quoted(&body)
}

/// As a shell takes it for one word, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
