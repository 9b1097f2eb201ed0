//! A request as text, from which it can be made again.

use crate::request_head::{Field, RequestHead};
use crate::{Environ, Failure, Result, Variables};
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode,
};
use std::io::Cursor;

/// What stays as it is in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'+')
    .remove(b',')
    .remove(b'=');

/// The request that made these variables, as HTTP/1.1 writes it, but
/// with ends of lines alone and without Content-Length.
pub fn written(variables: &Variables, body: &[u8]) -> Vec<u8> {
    let mut environ = Environ::new();
    environ.restore(variables.clone());
    let get = |name| environ.bytes(name).unwrap_or_default();
    let path = [get("SCRIPT_NAME"), get("PATH_INFO")].concat();
    let path = percent_encode(&path, PATH).to_string();
    let mut text =
        [get("REQUEST_METHOD"), b" ", path.as_bytes()].concat();
    if !get("QUERY_STRING").is_empty() {
        text.extend([b"?", get("QUERY_STRING")].concat());
    }
    text.extend(b" HTTP/1.1\n");
    for (name, value) in environ.variables() {
        let field = match name {
            "CONTENT_TYPE" => name,
            _ => name.strip_prefix("HTTP_").unwrap_or_default(),
        };
        if !field.is_empty() && !value.is_empty() {
            text.extend(spelled(field).bytes());
            text.extend([b": ", value, b"\n"].concat());
        }
    }
    text.push(b'\n');
    text.extend(body);
    text
}

/// `X-Name` for `X_NAME`.
fn spelled(variable: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => {
            format!("{first}{}", rest.to_ascii_lowercase())
        }
        None => String::new(),
    };
    let words: Vec<_> = variable.split('_').map(word).collect();
    words.join("-")
}

/// Puts the request that such a text is in the place of the one that
/// brought it.
///
/// # Errors
///
/// `400 Bad Request` and what is wrong, as a server would say it.
pub fn fill(text: &[u8], environ: &mut Environ) -> Result<(), Failure> {
    let end = text.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => (text, &b""[..]),
    };
    let bad = || Failure::bad_request("this is not a request");
    let head = str::from_utf8(head).map_err(|_| bad())?;
    let mut lines = head.lines();
    let mut line = lines.next().unwrap_or_default().splitn(3, ' ');
    let method = line.next().ok_or_else(bad)?;
    let target = line.next().ok_or_else(bad)?.as_bytes();
    let field = |line| -> Option<Field<'_>> {
        let (name, value) = str::split_once(line, ':')?;
        Some((name, value.trim().as_bytes()))
    };
    let fields: Option<Vec<_>> =
        lines.filter(|line| !line.is_empty()).map(field).collect();
    let fields = fields.ok_or_else(bad)?;
    let head = RequestHead {
        method,
        target,
        version: (1, 1),
        fields: &fields,
    };
    head.check()?;
    put(&head, environ);
    if !body.is_empty() {
        environ.set("CONTENT_LENGTH", body.len().to_string());
    }
    environ.input = Box::new(Cursor::new(body.to_vec()));
    Ok(())
}

/// What a server says of itself and of the connection stays.
fn put(head: &RequestHead<'_>, environ: &mut Environ) {
    let own = ["GATEWAY_INTERFACE", "SCRIPT_NAME", "SERVER_SOFTWARE"];
    let own = own.map(|name| (name, environ.remove(name)));
    let of_request = |name: &&str| {
        name.starts_with("HTTP_") || name.starts_with("CONTENT_")
    };
    let names = environ.variables().into_keys().filter(of_request);
    let names: Vec<_> = names.map(str::to_owned).collect();
    for name in names {
        environ.remove(&name);
    }
    head.fill(environ);
    for (name, value) in own {
        environ.set(name, value.unwrap_or_default());
    }
    let path = environ.bytes("PATH_INFO").unwrap_or_default();
    let script = environ.bytes("SCRIPT_NAME").unwrap_or_default();
    let below = path.strip_prefix(script).unwrap_or(path).to_vec();
    environ.set("PATH_INFO", below);
}

/// The command that sends the request from a terminal.
pub fn curl(origin: &str, text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok()?;
    let (head, body) = text.split_once("\n\n")?;
    let mut lines = head.lines();
    let mut line = lines.next()?.splitn(3, ' ');
    let (method, target) = (line.next()?, line.next()?);
    let mut command = format!(
        "curl -i -X {method} {}",
        quoted(&[origin, target].concat())
    );
    for field in lines.filter(|line| !line.starts_with("Host:")) {
        command += &format!(" \\\n  -H {}", quoted(field));
    }
    if !body.is_empty() {
        command += &format!(" \\\n  --data-binary {}", quoted(body));
    }
    Some(command)
}

/// As a shell takes it for one word, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What a page sends for another try.
pub struct Form {
    /// The request, which may have been edited.
    pub request: Vec<u8>,
    /// What was said the last time.
    pub last: String,
}

impl Form {
    /// Reads a form of `application/x-www-form-urlencoded`, in which
    /// `same` is the request that failed, each byte as two digits: a
    /// browser changes the ends of lines in all that it sends.
    pub fn read(sent: &[u8]) -> Self {
        let field = |name: &str| {
            let mut fields = sent.split(|&byte| byte == b'&');
            let value = fields.find_map(|field| {
                field.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
            })?;
            let value: Vec<_> = value
                .iter()
                .map(|&b| if b == b'+' { b' ' } else { b })
                .collect();
            Some(percent_decode(&value).collect::<Vec<u8>>())
        };
        let same = field("same").unwrap_or_default();
        let same: Vec<_> = same.chunks(2).filter_map(byte).collect();
        let has_returns = same.windows(2).any(|two| two == b"\r\n");
        let request = match field("edited") {
            Some(edited) if !has_returns => edited
                .into_iter()
                .filter(|&byte| byte != b'\r')
                .collect(),
            Some(edited) => edited,
            None => same,
        };
        let last = field("last").unwrap_or_default();
        let last = String::from_utf8_lossy(&last).into_owned();
        Self { request, last }
    }
}

fn byte(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}
