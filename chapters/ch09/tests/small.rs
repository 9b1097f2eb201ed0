//! Waiting in a page: what it answers under both protocols, and what
//! a crowd does to it.

#[path = "../../ch08/tests/cases/mod.rs"]
mod cases;
#[path = "../../program.rs"]
mod program;

use ch09::small;
use gateway::fastcgi::pairs;
use gateway::fastcgi::record::*;
use program::{Program, bound, connect};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::thread;

/// What comes back when the client has said that this is all.
fn ask(server: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(server);
    stream.write_all(request).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an end");
    answer
}

/// Chapter 5's application over HTTP, until the tests end.
fn serve_http(workers: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        small::serve(listener, workers, &|connection| {
            ch08::small::answer(connection, &ch05::application)
        })
    });
    address
}

#[test]
fn it_answers_all_that_chapter_8_answers() {
    let server = serve_http(2);
    let wrong = cases::wrong(|request| {
        String::from_utf8_lossy(&ask(server, request)).into_owned()
    });
    assert_eq!(wrong, ["a body in chunks", "permission to go on"]);
}

/// A request for what it sends, as records.
fn records(body: &str) -> Vec<u8> {
    let mut params = Vec::new();
    let length = body.len().to_string();
    for (name, value) in [
        ("REQUEST_METHOD", "POST"),
        ("PATH_INFO", "/echo"),
        ("CONTENT_LENGTH", &length),
    ] {
        pairs::push(&mut params, name, value);
    }
    let mut bytes = Vec::new();
    let begin = [0, RESPONDER as u8, KEEP_CONN, 0, 0, 0, 0, 0];
    push(&mut bytes, BEGIN_REQUEST, 1, &begin);
    push(&mut bytes, PARAMS, 1, &params);
    push(&mut bytes, PARAMS, 1, &[]);
    push(&mut bytes, STDIN, 1, body.as_bytes());
    push(&mut bytes, STDIN, 1, &[]);
    bytes
}

#[test]
fn one_application_answers_under_both_protocols() {
    for (protocol, request) in [
        (
            "http",
            b"POST /echo HTTP/1.1\r\nHost: a\r\n\
              Content-Length: 6\r\n\r\nFerris"
                .to_vec(),
        ),
        ("fastcgi", records("Ferris")),
    ] {
        let mut command = bound(env!("CARGO_BIN_EXE_small9"));
        let program = Program::serving(command.arg(protocol), protocol);
        let answer = ask(program.address, &request);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.contains(" 200 OK\r\n"), "{answer}");
        assert!(answer.contains("Ferris"), "{answer}");
    }
}

#[test]
fn requests_that_come_in_one_packet_are_all_answered() {
    let get = "GET /upload HTTP/1.1\r\nHost: a\r\n\r\n";
    let server = serve_http(1);
    let mut stream = connect(server);
    stream.write_all(get.repeat(3).as_bytes()).unwrap();
    let mut answers = String::new();
    while answers.matches("0 bytes\n").count() < 3 {
        let mut block = [0; 4096];
        let length = stream.read(&mut block).expect("three answers");
        assert!(length > 0, "{answers}");
        answers += &String::from_utf8_lossy(&block[..length]);
    }
    // And it has been put back: another one is answered, too.
    stream.write_all(get.as_bytes()).unwrap();
    let mut block = [0; 4096];
    assert!(stream.read(&mut block).expect("a fourth") > 0);
}

#[test]
fn a_hundred_that_are_silent_keep_no_worker() {
    let server = serve_http(1);
    let silent: Vec<_> = (0..100).map(|_| connect(server)).collect();
    let get = b"GET /upload HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = ask(server, get);
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
    drop(silent);
}

/// What the crowd's program says, line by line.
fn crowd(arguments: &str) -> Vec<String> {
    let mut command = bound(env!("CARGO_BIN_EXE_crowd9"));
    command.args(arguments.split(' '));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(Into::into).collect()
}

#[cfg(unix)]
#[test]
fn a_crowd_ends_a_thread_for_each() {
    let said = crowd("small8 300 silent");
    assert_eq!(said[0], "300 silent: a visitor waits in vain");
    let last = said.last().unwrap();
    assert!(last.starts_with("the server has ended"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn four_are_enough_for_the_page_and_not_for_the_library() {
    for kind in ["half-heads", "half-bodies", "deaf"] {
        let said = crowd(&format!("small9 4 {kind}"));
        let vain = format!("4 {kind}: a visitor waits in vain");
        assert_eq!(said[0], vain);
        let said = crowd(&format!("ch09 4 {kind}"));
        assert_eq!(said[0], format!("4 {kind}: a visitor is served"));
    }
}

#[cfg(unix)]
#[test]
fn who_is_silent_makes_room_in_the_library() {
    let said = crowd("ch09 300 silent");
    assert_eq!(said[0], "300 silent: a visitor is served");
    assert_eq!(said[1], "threads: fewer than ten");
}

#[cfg(unix)]
#[test]
fn a_stop_waits_for_the_clocks_and_cuts_the_silent() {
    let said = crowd("ch09 3 clocks stop");
    assert_eq!(said[1], "whole answers: 3 of 3");
    assert_eq!(said[3], "the server has ended: exit status: 0");
    let said = crowd("ch09 3 half-bodies stop");
    assert_eq!(said[1], "whole answers: 0 of 3");
    assert_eq!(
        said.last(),
        Some(&"the server has ended: exit status: 1".to_string())
    );
}
