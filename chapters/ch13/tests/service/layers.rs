//! The library's middleware, under hyper.

use crate::answers::many;
use crate::client::{ask, get};
use crate::servers::Hyper;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use ch13::{Tower, service};
use gateway::middleware::session::{MemoryStore, Session, session};
use gateway::middleware::{gzip, validate};
use gateway::{
    Application, Environ, ErrorLog, Response, Result, StartResponse,
};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[test]
fn gzip_compresses() {
    let server = Hyper::of(gzip(many));
    let accept = "Accept-Encoding: gzip";
    let request = |path| {
        format!("GET {path} HTTP/1.1\r\nHost: a\r\n{accept}\r\n\r\n")
    };
    for path in ["/long", "/pieces"] {
        let answer = ask(server.address, &request(path));
        assert_eq!(answer.all("content-encoding"), ["gzip"], "{path}");
        assert!(answer.body.starts_with(&[0x1f, 0x8b]));
        assert!(answer.body.len() < 1000);
    }
}

#[test]
fn a_session_is_kept() {
    let server = Hyper::of(session(count, MemoryStore::new()));
    let first = get(server.address, "/");
    assert_eq!(first.text(), "0");
    let cookie = first.all("set-cookie")[0].to_string();
    let pair = cookie.split(';').next().expect("a pair");
    for n in 1..4 {
        let request = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nCookie: x=y; {pair}\r\n\r\n"
        );
        let answer = ask(server.address, &request);
        assert_eq!(answer.text(), n.to_string());
    }
}

fn count(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    let visits = session.get("visits")?.unwrap_or("0".into());
    session.set("visits", visits.parse::<u32>()? + 1)?;
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(visits))
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No rule is broken by what hyper hands in.
#[test]
fn the_validator_has_no_complaints() {
    let log = Log::default();
    let noted = log.clone();
    let validated = validate(many);
    let app = gateway::app(move |environ, start_response| {
        environ.errors = ErrorLog::new(noted.clone());
        validated.call(environ, start_response)
    });
    let nested = Router::new().nest_service("/a", service(app));
    let server = Hyper::start(nested);
    let requests = [
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/hello HTTP/1.0\r\n\r\n",
        "GET /a/long HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        "HEAD /a/pieces HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/cookies?x=%20 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/same HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/write HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/caf%C3%A9 HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\n\
         Cookie: b=2\r\nX-Name: Ren\u{e9}e\r\n\r\n",
        "POST /a/hello HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\
         Content-Type: text/plain\r\n\r\nab",
        "POST /a/x HTTP/1.1\r\nHost: a\r\n\
         Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    ];
    for request in requests {
        let status = ask(server.address, request).status;
        assert!(matches!(status, 200 | 204 | 304), "{request}");
    }
    let log = log.0.lock().expect("no panic");
    assert_eq!(String::from_utf8_lossy(&log), "");
}

/// Variables are kept as they were set, the older ones too.
#[test]
fn a_service_sees_what_was_set_last() {
    let show = async |headers: HeaderMap| format!("{headers:?}");
    let tower = Tower::new(Router::new().route("/", post(show)));
    let mut environ = gateway::testing::environ("POST", "/");
    for value in ["first", "last"] {
        environ.set("HTTP_X_NAME", value);
    }
    environ.set("HTTP_X_GONE", "first");
    environ.remove("HTTP_X_GONE");
    environ.set("HTTP_CONTENT_LENGTH", "9");
    environ.set("CONTENT_LENGTH", "5");
    environ.set("CONTENT_LENGTH", "");
    let tower = tower.expect("threads");
    let answer = gateway::testing::ask(&tower, environ);
    let seen = r#"{"host": "localhost", "x-name": "last"}"#;
    assert_eq!(answer.text(), seen);
}
