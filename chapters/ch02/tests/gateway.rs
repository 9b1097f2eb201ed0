//! The miniature, called from Rust and run as a process.

#![cfg(unix)]

use ch02::{Environ, Response, StartResponse};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output};
use std::sync::Mutex;

const MAIN: &str = env!("CARGO_BIN_EXE_ch02");
const GREETER: &str = env!("CARGO_BIN_EXE_greeter");
const FNMUT: &str = env!("CARGO_BIN_EXE_fnmut");

const HELLO: &str = "Status: 200 OK\n\
                     Content-Type: text/html\n\
                     Content-Length: 38\n\
                     \n\
                     <html><body>Hello World!</body></html>";

/// What `program` does with this query string and nothing else.
fn run(program: &str, query: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.env_clear();
    command.env("QUERY_STRING", OsStr::from_bytes(query));
    command.output().unwrap()
}

/// What it printed, when nothing went wrong.
fn printed(program: &str, query: &[u8]) -> String {
    let output = run(program, query);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_gateway_adds_a_status_and_a_length() {
    assert_eq!(printed(MAIN, b""), HELLO);
}

#[test]
fn both_gateways_print_the_same_bytes() {
    assert_eq!(printed(FNMUT, b""), printed(MAIN, b""));
}

#[test]
fn greet_works_without_a_web_server() {
    let mut environ = Environ::new();
    environ.insert("QUERY_STRING".into(), "Ferris".into());
    let mut out = Vec::new();
    ch02::respond(ch02::greet, &environ, &mut out).unwrap();
    let printed = String::from_utf8(out).unwrap();
    assert!(printed.ends_with("Hello Ferris!</body></html>"));
}

#[test]
fn greet_works_as_a_process() {
    let page = printed(GREETER, b"<script>");
    assert!(page.contains("Hello &lt;script&gt;!"), "{page}");
    assert!(printed(GREETER, b"").contains("Hello World!"));
}

#[test]
fn an_environment_need_not_be_utf8() {
    let page = printed(GREETER, b"Andr\xe9");
    assert!(page.contains("Hello Andr\u{fffd}!"), "{page}");
    for program in [MAIN, FNMUT] {
        assert_eq!(printed(program, b"Andr\xe9"), HELLO);
    }
}

/// What `program` does when nobody reads what it prints.
fn run_for_nobody(program: &str) -> Output {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    Command::new(program).stdout(writer).output().unwrap()
}

#[test]
fn a_visitor_who_leaves_is_no_error() {
    for program in [MAIN, GREETER] {
        let output = run_for_nobody(program);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn the_first_attempt_reports_a_visitor_who_leaves() {
    let output = run_for_nobody(FNMUT);
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.starts_with("Error: Os { code: 32"), "{log}");
}

/// What happened, in order.
static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn event(text: &str) {
    EVENTS.lock().unwrap().push(text.to_string());
}

/// Three blocks, and an event as each is made.
fn three_blocks(
    _: &Environ,
    start_response: StartResponse,
) -> Response {
    let started = start_response("200 OK", &[]);
    started.body(["a", "b", "c"].into_iter().map(|block| {
        event(&format!("made {block}"));
        block.to_string()
    }))
}

/// A client that tells when it was sent something.
struct Client(Vec<u8>);

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let sent = String::from_utf8_lossy(&self.0);
        let (_, body) = sent.split_once("\n\n").unwrap();
        event(&format!("sent {body}"));
        Ok(())
    }
}

#[test]
fn each_block_is_sent_before_the_next_is_made() {
    let mut client = Client(Vec::new());
    ch02::respond(three_blocks, &Environ::new(), &mut client).unwrap();
    let expected =
        ["made a", "sent a", "made b", "sent ab", "made c", "sent abc"];
    assert_eq!(*EVENTS.lock().unwrap(), expected);
    assert_eq!(client.0, b"Status: 200 OK\n\nabc");
}

#[test]
fn no_blocks_make_an_empty_body() {
    let mut out = Vec::new();
    let application: ch02::Application = |_, start_response| {
        start_response("204 No Content", &[]).body([])
    };
    ch02::respond(application, &Environ::new(), &mut out).unwrap();
    assert_eq!(out, b"Status: 204 No Content\n\n");
}
