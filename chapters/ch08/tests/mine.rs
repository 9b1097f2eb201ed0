//! `mine8`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::process::Stdio;

fn ask(program: &Program, request: &str) -> String {
    let mut stream = program.connect();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_page_comes_of_our_pieces() {
    let mut command = bound(env!("CARGO_BIN_EXE_mine8"));
    command.arg("--ours").stderr(Stdio::null());
    let program = Program::serving(&mut command, "http");
    let get = "GET /url/caf%C3%A9 HTTP/1.1\r\nHost: a\r\n\r\n";
    // Two at once, and both are answered.
    let pages = ask(&program, &get.repeat(2));
    assert_eq!(pages.matches("\r\n\r\nhttp://a/url/").count(), 2);
    assert_eq!(pages.matches("\nPATH_INFO = /café\n").count(), 2);
    let chunks = "POST /parcel HTTP/1.1\r\nHost: a\r\n\
                  Transfer-Encoding: chunked\r\n\r\n+2\r\nHi\r\n";
    let no = ask(&program, chunks);
    assert!(no.starts_with("HTTP/1.1 400 "), "{no}");
    // 8.5 reads a size as 8.1 does.
    let blank = chunks.replace("+2", "2 ") + "0\r\n\r\n";
    let ok = ask(&program, &blank);
    assert!(ok.contains("\r\n\r\n"), "{ok}");
    assert!(!ok.starts_with("HTTP/1.1 400 "), "{ok}");
}
