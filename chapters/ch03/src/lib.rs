//! Applications that show what a request knows.

use gateway::{Environ, Response, Result, StartResponse};
use std::io;

/// All keys of the environ, sorted.
pub fn show_environ(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    let started = start_response("200 OK", &headers)?;
    let keys = environ.keys().into_iter().map(escape);
    let keys: Vec<String> = keys.collect();
    Ok(started.body([
        "<h1>Keys in <tt>environ</tt></h1>\n<p>\n".to_string(),
        keys.join("<br />\n"),
        "\n</p>\n".to_string(),
    ]))
}

/// The keys that begin like a word of the query string, or all, and
/// their values.
pub fn show_values(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    let started = start_response("200 OK", &headers)?;
    let query = environ.get("QUERY_STRING").unwrap_or_default();
    let is_wanted =
        |key: &&str| query.split('+').any(|word| key.starts_with(word));
    let keys = environ.keys().into_iter().filter(is_wanted);
    let lines: String = keys.map(|key| line(environ, key)).collect();
    Ok(started.body(format!("<pre>\n{lines}</pre>\n")))
}

fn line(environ: &Environ, key: &str) -> String {
    let value = value(environ, key);
    format!("{} = {}\n", escape(key), escape(&value))
}

fn value(environ: &Environ, key: &str) -> String {
    match key {
        "wsgi.multiprocess" => environ.multiprocess.to_string(),
        "wsgi.multithread" => environ.multithread.to_string(),
        "wsgi.run_once" => environ.run_once.to_string(),
        "wsgi.url_scheme" => environ.url_scheme.to_string(),
        "wsgi.version" => format!("{:?}", Environ::VERSION),
        _ => match environ.get(key) {
            Some(text) => text.into_owned(),
            None => "(not text)".to_string(),
        },
    }
}

/// The request's body, as it came.
pub fn echo(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "application/octet-stream")];
    let mut started = start_response("200 OK", &headers)?;
    io::copy(&mut environ.input, &mut started)?;
    Ok(started.body(""))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
