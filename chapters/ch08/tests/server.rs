//! The program under the gateway's own server: all that held under
//! tiny_http holds, and the debts are repaid.

#[path = "../../serving.rs"]
mod serving;

use serving::{Program, body, get, request};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ch08");

/// The status lines of all answers.
fn statuses(answer: &str) -> Vec<&str> {
    let lines = answer.lines();
    lines.filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect()
}

/// What comes back for `request` after the client has said that it is
/// all.
fn ask_and_end(program: &Program, request: &str) -> String {
    let mut stream = program.connect();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_head_may_come_in_pieces() {
    let program = Program::start();
    let mut stream = program.connect();
    for byte in get("/values?PATH").bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(body(&answer), "<pre>\nPATH_INFO = /values\n</pre>\n");
}

#[test]
fn half_a_head_is_no_request() {
    let program = Program::start();
    let half = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    assert_eq!(ask_and_end(&program, half), "");
}

#[test]
fn a_line_of_the_head_ends_in_cr_lf() {
    let program = Program::start();
    for head in [
        "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost\n\n",
    ] {
        let answer = ask_and_end(&program, head);
        assert_eq!(statuses(&answer), ["400 Bad Request"], "{head}");
    }
}

#[test]
fn what_follows_a_refused_request_is_not_read() {
    let program = Program::start();
    let answer = program.ask(&format!(
        "POST /upload HTTP/1.1\r\n\
         Host: localhost\r\n\
         Content-Length: 41, 41\r\n\
         \r\n{}",
        get("/values/smuggled?PATH")
    ));
    assert_eq!(statuses(&answer), ["400 Bad Request"]);
}

/// Longer than anything here may take.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_head_without_an_end_is_refused() {
    let program = Program::start();
    let mut stream = program.connect();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    // What comes after the refusal is thrown away for two seconds.
    let begun = Instant::now();
    while stream.write_all(b"X: y\r\n").is_ok() {
        assert!(begun.elapsed() < LONG, "it is still read");
    }
}

#[test]
fn a_chunk_has_a_size_of_hexadecimal_digits() {
    let program = Program::start();
    for size in ["+5", "0x5", "5 5", ""] {
        let chunks = format!(
            "Transfer-Encoding: chunked\r\n\r\n{size}\r\n\
             Hello\r\n0\r\n\r\n"
        );
        let post = request("POST /upload HTTP/1.1", &chunks);
        let answer = program.ask(&post);
        assert_eq!(statuses(&answer), ["400 Bad Request"], "{size}");
    }
}

#[test]
fn a_body_in_chunks_that_is_cut_is_refused() {
    let program = Program::start();
    for cut in ["", "5\r\nHel", "5\r\nHello\r\n", "0\r\n"] {
        let rest = format!("Transfer-Encoding: chunked\r\n\r\n{cut}");
        let post = request("POST /upload HTTP/1.1", &rest);
        let answer = ask_and_end(&program, &post);
        assert_eq!(statuses(&answer), ["400 Bad Request"], "{cut}");
    }
}

#[test]
fn an_answer_that_fails_halfway_is_cut_off() {
    let program = Program::start();
    // It does not ask for the connection to be closed.
    let get = "GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = program.ask(get);
    assert!(answer.ends_with("Chapter 1 is there\n\r\n"), "{answer}");
}

#[test]
fn whoever_answers_first_can_read_on() {
    let program = Program::start();
    let bytes = "x".repeat(100_000);
    let rest = format!("Content-Length: 100000\r\n\r\n{bytes}");
    let answer = program.ask(&request("POST /echo HTTP/1.1", &rest));
    assert_eq!(body(&answer).matches('x').count(), 100_000);
}

#[test]
fn a_declared_length_takes_no_memory() {
    let program = Program::start();
    let rest = "Content-Length: 1000000000000000\r\n\r\n";
    let post = request("POST /upload HTTP/1.1", rest);
    let answer = program.ask(&post);
    assert_eq!(statuses(&answer), ["413 Content Too Large"]);
    let answer = program.ask(&get("/values?PATH"));
    assert_eq!(statuses(&answer), ["200 OK"]);
}

#[test]
fn a_byte_outside_ascii_reaches_the_application() {
    let program = Program::start();
    let rest = "X-Name: André\r\n\r\n";
    let line = "GET /values?HTTP_X HTTP/1.1";
    let answer = program.ask(&request(line, rest));
    assert!(answer.contains("HTTP_X_NAME = André\n"), "{answer}");
}

#[test]
fn another_protocol_is_refused() {
    let program = Program::start();
    let answer = program.ask("GET / HTTP/2.0\r\n\r\n");
    assert_eq!(statuses(&answer), ["505 HTTP Version Not Supported"]);
}

#[test]
fn who_is_silent_takes_no_thread() {
    let program = Program::with_flags(&["--threads", "1"]);
    let silent: Vec<TcpStream> =
        (0..200).map(|_| program.connect()).collect();
    let answer = program.ask(&get("/values?PATH"));
    assert_eq!(statuses(&answer), ["200 OK"]);
    drop(silent);
}

/// Each of them has an application that waits for its body.
#[test]
fn who_is_slow_keeps_nobody_waiting() {
    let program = Program::with_flags(&["--threads", "1"]);
    let rest = "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    let post = request("POST /upload HTTP/1.1", rest);
    let slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = program.connect();
            stream.write_all(post.as_bytes()).unwrap();
            let mut status = [0; 12];
            stream.read_exact(&mut status).unwrap();
            assert_eq!(&status, b"HTTP/1.1 100");
            stream
        })
        .collect();
    let answer = program.ask(&get("/values?PATH"));
    assert_eq!(statuses(&answer), ["200 OK"]);
    drop(slow);
}

#[test]
fn of_a_crowd_that_stays_everyone_is_answered() {
    let program = Program::start();
    let get = "GET /values?PATH HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut crowd: Vec<TcpStream> =
        (0..64).map(|_| program.connect()).collect();
    for client in &mut crowd {
        client.write_all(get.as_bytes()).unwrap();
    }
    for client in &mut crowd {
        let mut status = [0; 15];
        client.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200 OK");
    }
}
