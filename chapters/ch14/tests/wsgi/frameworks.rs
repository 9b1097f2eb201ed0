//! Flask and Django under our servers, inside of Python's validator.

use crate::gateways::Nginx;
use crate::http::{Answer, send_and_stay};
use crate::process::until;
use crate::site::{Site, command, folder};
use crate::venv::packages;
use std::net::SocketAddr;

const FLASK: &str = include_str!("../python/flask_app.py");
const DJANGO: &str = include_str!("../python/django_app.py");

const BOTH: [(&str, &str); 2] =
    [("flask_app", FLASK), ("django_app", DJANGO)];

/// A visitor of a site that is mounted somewhere.
struct Visitor {
    server: SocketAddr,
    mount: &'static str,
    cookie: String,
}

impl Visitor {
    fn ask(&self, line: &str, kind: &str, body: &[u8]) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let head = format!(
            "{method} {}{path} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\nCookie: {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.mount,
            self.cookie,
            body.len()
        );
        let request = [head.as_bytes(), body].concat();
        let bytes = send_and_stay(self.server, &request);
        Answer::parse(&request, &bytes)
    }

    fn get(&self, path: &str) -> Answer {
        let head = format!(
            "GET {}{path} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\nCookie: {}\r\n\
             X-Forwarded-For: 192.0.2.1\r\n\r\n",
            self.mount, self.cookie
        );
        let bytes = send_and_stay(self.server, head.as_bytes());
        Answer::parse(head.as_bytes(), &bytes)
    }
}

const BOUNDARY: &str = "----boundary";

/// A form with a file of three megabytes, and the sum of its bytes.
fn upload() -> (Vec<u8>, u64) {
    let file: Vec<u8> = (0..3 << 20).map(|n| (n % 255) as u8).collect();
    let sum = file.iter().map(|&byte| u64::from(byte)).sum();
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"a.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    ([head.as_bytes(), &file, end.as_bytes()].concat(), sum)
}

/// What goes well, of which nothing is in the log.
fn visit(visitor: &mut Visitor, name: &str) {
    let page = visitor.get("/");
    assert_eq!(page.status, "200 OK", "{name}: {}", page.text());
    assert_eq!(page.text(), "<p>Hello caf\u{e9}</p>", "{name}");
    let who = visitor.get("/who/caf%C3%A9?q=%C3%A9+x");
    let expected = format!("caf\u{e9}, \u{e9} x, {}", visitor.mount);
    assert_eq!(who.text(), expected, "{name}");
    assert_eq!(visitor.get("/session").text(), "nobody", "{name}");
    let kind = "application/x-www-form-urlencoded";
    let answer = visitor.ask("POST /form", kind, b"name=Ada+%C3%A9");
    assert_eq!(answer.text(), "Hello Ada \u{e9}", "{name}");
    let cookie = answer.get("Set-Cookie").unwrap();
    visitor.cookie = cookie.split(';').next().unwrap().into();
    assert_eq!(visitor.get("/session").text(), "Ada \u{e9}", "{name}");
    let (body, sum) = upload();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let answer = visitor.ask("POST /upload", &kind, &body);
    let expected = format!("a.bin: {} bytes, {sum}", 3 << 20);
    assert_eq!(answer.text(), expected, "{name}");
    let stream = visitor.get("/stream");
    let lines = "0 /stream\n1 /stream\n2 /stream\n";
    assert_eq!(stream.text(), lines, "{name}");
    let head = visitor.ask("HEAD /", "", b"");
    assert_eq!(head.status, "200 OK", "{name}");
}

/// What goes wrong, and where the log says so.
fn fail(visitor: &Visitor, name: &str, log: impl Fn() -> String) {
    let page = visitor.get("/error");
    assert!(page.status.starts_with("500 "), "{name}");
    let stream = visitor.get("/stream-error");
    assert_eq!(stream.status, "200 OK", "{name}");
    assert_eq!(stream.text(), "first\n", "{name}");
    assert_eq!(stream.end, "by chunks, without the last", "{name}");
    for text in ["ValueError: on purpose", "ValueError: in the stream"]
    {
        let found = until(|| log().contains(text).then_some(()));
        assert!(found.is_some(), "{name}, {text}: {}", log());
    }
}

/// Is this line an error's, and none of the access log?
fn is_error(line: &&str) -> bool {
    !line.starts_with("127.0.0.1 - - [")
}

#[test]
fn both_are_served_over_http() {
    let Some(packages) = packages() else { return };
    for (name, code) in BOTH {
        let folder = folder(name, code);
        let mut command = command(&folder, &[name, "--port", "0"]);
        command.env("PYTHONPATH", &packages);
        let site = Site::with(command, folder);
        let (server, mount) = (site.address(1), "");
        let cookie = String::new();
        let mut visitor = Visitor { server, mount, cookie };
        visit(&mut visitor, name);
        let log = site.text("log");
        let errors: Vec<&str> = log.lines().filter(is_error).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        fail(&visitor, name, || site.text("log"));
    }
}

#[test]
fn both_are_served_behind_nginx() {
    let Some(packages) = packages() else { return };
    for (name, code) in BOTH {
        let folder = folder(name, code);
        let nginx = Nginx::with(folder, name, |command| {
            command.env("PYTHONPATH", &packages);
        });
        let Some(nginx) = nginx else { return };
        let server = nginx.address();
        let (mount, cookie) = ("/cgi-bin/app", String::new());
        let mut visitor = Visitor { server, mount, cookie };
        visit(&mut visitor, name);
        assert_eq!(nginx.site.text("log"), "", "{name}");
        assert_eq!(nginx.site.text("errors"), "", "{name}");
        fail(&visitor, name, || {
            nginx.site.text("errors") + &nginx.site.text("log")
        });
    }
}

#[test]
fn what_flask_calls_on_close_is_called_once() {
    let Some(packages) = packages() else { return };
    let folder = folder("flask_app", FLASK);
    let mut command = command(&folder, &["flask_app", "--port", "0"]);
    command.env("PYTHONPATH", &packages);
    let site = Site::with(command, folder);
    let (server, mount) = (site.address(1), "");
    let visitor = Visitor { server, mount, cookie: String::new() };
    assert_eq!(visitor.get("/closed").text(), "closed");
    site.wait_for_log("\"GET /closed HTTP/1.1\" 200");
    site.wait_for_log("closed\n");
    assert_eq!(site.text("log").matches("closed\n").count(), 1);
}
