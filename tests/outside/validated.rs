//! Our standalone servers, with the validator around their application
//! and without it: the same answers, but to what is wrong on purpose.

use crate::applications::application;
use crate::http::send;
use crate::requests;
use gateway::middleware::{validate, validate_middleware};
use gateway::{Application, ErrorLog, http, server};
use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};

type Stop = Box<dyn FnOnce()>;

/// A server in this process.
struct Serving {
    address: SocketAddr,
    stop: Option<Stop>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// The same words for both servers.
macro_rules! serve {
    ($module:ident, $app:expr) => {{
        let server = $module::Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(io::sink()));
        let (address, stopper) = (server.address(), server.stopper());
        let app = $app;
        Serving {
            address,
            stop: Some(Box::new(move || stopper.stop())),
            thread: Some(thread::spawn(move || server.serve(app))),
        }
    }};
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.take().unwrap()();
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

impl Serving {
    /// The answer's head, in an order of its own, and its body.
    fn ask(&self, request: &[u8]) -> (Vec<String>, String) {
        let bytes = send(self.address, request);
        let text: String = bytes.iter().map(|&b| b as char).collect();
        let port = self.address.port().to_string();
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines: Vec<_> =
            head.lines().map(|l| l.replace(&port, "8000")).collect();
        lines.retain(|line| !line.starts_with("Date: "));
        lines.sort_unstable();
        let body = body.lines().filter(|l| !l.contains("REMOTE_PORT"));
        let body: Vec<_> =
            body.map(|l| l.replace(&port, "8000")).collect();
        (lines, body.join("\n"))
    }
}

/// Asks both, and names the requests whose answers are not the same.
fn differences(plain: &Serving, validated: &Serving) -> Vec<String> {
    let mut names = Vec::new();
    for request in requests::all() {
        let one = plain.ask(&request.bytes);
        let other = validated.ask(&request.bytes);
        if one != other {
            names.push(request.name);
        }
    }
    names
}

#[test]
fn chapter_5s_server_is_quiet_under_the_validator() {
    let plain = serve!(server, application);
    let validated = serve!(server, validate(application));
    assert_eq!(differences(&plain, &validated), WRONG);
}

#[test]
fn and_so_is_chapter_8s() {
    let plain = serve!(http, application);
    let validated = serve!(http, validate(application));
    assert_eq!(differences(&plain, &validated), WRONG);
}

#[test]
fn two_validators_say_no_more_than_one() {
    fn nothing<A: Application>(app: A) -> A {
        app
    }
    let plain = serve!(http, validate(application));
    let app = validate_middleware(application, nothing);
    let validated = serve!(http, app);
    assert_eq!(differences(&plain, &validated), [""; 0]);
}

/// What is wrong on purpose, and found before the head is sent.
const WRONG: [&str; 6] = [
    "a body beyond its Content-Length",
    "write beyond the Content-Length",
    "204 with a body",
    "304 with a body",
    "answer with Date: today",
    "closing a long body",
];
