//! `mine14`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::process::Stdio;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

fn server() -> Program {
    let mut command = bound(env!("CARGO_BIN_EXE_mine14"));
    command.args(["mine:create_app()", "--port", "0", "--ours"]);
    command.current_dir(FOLDER).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stderr(Stdio::null());
    Program::serving(&mut command, "http")
}

/// The head and the body of a page of `python/mine.py`, for which this
/// is sent.
fn send(path: &str, body: &str) -> (String, String) {
    let server = server();
    let mut stream = server.connect();
    stream.write_all(post(path, body.len()).as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.into(), body.into())
}

fn post(path: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n")
}

fn ask(path: &str) -> (String, String) {
    send(path, "")
}

#[track_caller]
fn assert_page(path: &str, status: &str, page: &str) {
    let (head, body) = ask(path);
    let line = head.lines().next().unwrap();
    assert!(line.ends_with(status), "{head}");
    assert_eq!(body, page);
}

#[test]
fn a_path_arrives_byte_for_byte() {
    let page = "'/caf\\xc3\\xa9'\n/café\n";
    assert_page("/caf%C3%A9", " 200 OK", page);
}

#[test]
fn a_second_call_is_refused() {
    let page = "start_response was called twice";
    assert_page("/twice", " 200 OK", page);
}

#[test]
fn an_exception_may_change_the_head_until_it_is_sent() {
    assert_page("/instead", " 503 No Tea", "no tea\n");
    let page = "tea\ntoo late: KeyError('milk')\n";
    assert_page("/late", " 200 OK", page);
}

#[test]
fn the_length_of_one_block_is_said() {
    let (head, page) = ask("/twice");
    let length = format!("Content-Length: {}", page.len());
    assert!(head.contains(&length), "{head}");
    let (head, _) = ask("/");
    assert!(!head.contains("Content-Length"), "{head}");
}

#[test]
fn an_exception_is_an_answer_until_there_is_a_block() {
    let (head, _) = ask("/broken");
    assert!(head.contains(" 500 Internal Server Error"), "{head}");
    let server = server();
    let mut stream = server.connect();
    stream.write_all(post("/broken?tea", 0).as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let cut = stream.read_to_end(&mut bytes).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::ConnectionReset);
    let answer = String::from_utf8(bytes).unwrap();
    assert!(answer.contains(" 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\ntea"), "{answer}");
}

#[test]
fn a_block_is_sent_before_the_next_is_made() {
    let server = server();
    let mut stream = server.connect();
    stream.write_all(post("/patient", 5).as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while line != "tea\n" {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0);
    }
    stream.get_mut().write_all(b"milk\n").unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "milk\n");
}

#[test]
fn a_body_is_read_as_a_file() {
    let (_, page) = send("/lines", "one\ntwo\nthree\nfour");
    let parts = "[b'on', b'e', b'\\n', b'two\\n', \
                 [b'three\\n', b'four'], b'']";
    assert_eq!(page, parts);
}

#[test]
fn what_is_no_name_is_said() {
    let mut command = bound(env!("CARGO_BIN_EXE_mine14"));
    let output = command.args(["my-shop:app", "--ours"]).output();
    let errors = String::from_utf8(output.unwrap().stderr).unwrap();
    let text = "\"my-shop\" is not a name in Python";
    assert!(errors.contains(text), "{errors}");
}
