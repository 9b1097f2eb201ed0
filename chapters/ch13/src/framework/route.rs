//! Which page a path leads to, and which path to a page.

use super::{Page, Request};
use gateway::{Environ, Result};
use minijinja::{Error, ErrorKind};
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode,
};

/// A page: its method, its path below SCRIPT_NAME, its name, and what
/// makes it.
///
/// A path may have parameters: `/entry/{number}`, `/file/{*path}`. What
/// is for GET is for HEAD, too.
pub struct Route<S: 'static>(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub fn(&mut Request<'_, S>) -> Result<Page>,
);

/// The path of the page that has this name.
pub fn path<S>(
    routes: &[Route<S>],
    name: &str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String, Error> {
    let route = routes.iter().find(|route| route.2 == name);
    let wrong =
        |what: String| Error::new(ErrorKind::InvalidOperation, what);
    let route = route
        .ok_or_else(|| wrong(format!("no page is named {name}")))?;
    let (mut path, mut rest) = (String::new(), route.1);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or_default();
        let (name, set) = match name.strip_prefix('*') {
            Some(name) => (name, PATH),
            None => (name, SEGMENT),
        };
        let value = value(name).ok_or_else(|| {
            wrong(format!("no {name} for {}", route.1))
        })?;
        path += before;
        path.extend(utf8_percent_encode(&value, set));
        rest = after;
    }
    Ok(path + rest)
}

/// SCRIPT_NAME, as a URL has it.
pub fn script(environ: &Environ) -> String {
    let script = environ.bytes("SCRIPT_NAME").unwrap_or_default();
    percent_encode(script, PATH).to_string()
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const PATH: &AsciiSet = &SEGMENT.remove(b'/');
