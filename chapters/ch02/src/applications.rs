//! Two applications. Nothing here knows of CGI, or of a process.

use crate::{Environ, Response, StartResponse};

/// Hello World!
pub fn application(
    _environ: &Environ,
    start_response: StartResponse,
) -> Response {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers);
    let page = "<html><body>Hello World!</body></html>";
    started.body([page.to_string()])
}

/// Chapter 1's greeting.
pub fn greet(
    environ: &Environ,
    start_response: StartResponse,
) -> Response {
    let query = environ.get("QUERY_STRING");
    let query = query.map_or("", String::as_str);
    let name = if query.is_empty() { "World" } else { query };
    let name = escape(name);
    let page = format!("<html><body>Hello {name}!</body></html>");
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    let started = start_response("200 OK", &headers);
    started.body([page])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
