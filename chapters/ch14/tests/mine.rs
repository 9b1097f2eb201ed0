//! `mine14`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::process::Stdio;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// The head and the body of a page of `python/mine.py`.
fn ask(path: &str) -> (String, String) {
    let mut command = bound(env!("CARGO_BIN_EXE_mine14"));
    command.args(["mine:create_app()", "--port", "0", "--ours"]);
    command.current_dir(FOLDER).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stderr(Stdio::null());
    let server = Program::serving(&mut command, "http");
    let mut stream = server.connect();
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.into(), body.into())
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
fn what_is_no_name_is_said() {
    let mut command = bound(env!("CARGO_BIN_EXE_mine14"));
    let output = command.args(["my-shop:app", "--ours"]).output();
    let errors = String::from_utf8(output.unwrap().stderr).unwrap();
    let text = "\"my-shop\" is not a name in Python";
    assert!(errors.contains(text), "{errors}");
}
