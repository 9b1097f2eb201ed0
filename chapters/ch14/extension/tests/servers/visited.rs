//! Chapter 6's visits, by a server of ours that starts a CGI program of
//! Python's, which calls ours.

#[path = "../../../../ch06/tests/visits/mod.rs"]
mod visits;

use crate::python::{MODULES, script};
use crate::site::Site;
use gateway::cgi::Script;
use gateway::{Application, Environ, Response, Result, StartResponse};
use std::path::PathBuf;

/// `wsgiref.handlers.CGIHandler` with an application of a module's.
fn cgi(name: &str) -> Script {
    Script::new("python3")
        .arg(script("cgi.py"))
        .arg(name)
        .variable("PYTHONPATH", &*MODULES)
        .variable("SERVER_NAME", "localhost")
        .variable("SERVER_PORT", "80")
        .variable("SERVER_PROTOCOL", "HTTP/1.1")
}

pub fn guest_book(file: PathBuf) -> impl Application {
    cgi("guestbook:application").variable("GUEST_BOOK", file)
}

pub fn application() -> impl Application {
    cgi("guestbook:application")
}

pub fn parcel(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    cgi("suite:parcel").call(environ, start_response)
}

pub fn show_url(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let is_https = environ.url_scheme == "https";
    // A proxy has said so, of which a program learns by this alone.
    let https = if is_https { "on" } else { "off" };
    let show_url = cgi("suite:show_url").variable("HTTPS", https);
    show_url.call(environ, start_response)
}

#[test]
fn every_server_keeps_the_guest_book() {
    for (kind, site) in Site::all("guestbook:application") {
        let form = "name=Zo%C3%AB&message=from+Python";
        let sign = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             \r\n{form}",
            form.len()
        );
        let signed = site.ask(sign.as_bytes());
        assert!(signed.status.starts_with("303 "), "{kind:?}");
        assert_eq!(signed.get("Location").as_deref(), Some("/"));
        let page = site.get("/").text();
        let entry = "<dt>Zoë</dt>\n<dd>from Python</dd>\n";
        assert!(page.contains(entry), "{kind:?}: {page}");
    }
}
