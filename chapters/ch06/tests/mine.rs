//! `mine6`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::process::Stdio;

fn answer(program: &Program, target: &str, field: &str) -> String {
    let mut stream = program.connect();
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         {field}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

#[test]
fn each_answer_can_be_seen() {
    let mut command = bound(env!("CARGO_BIN_EXE_mine6"));
    command.args(["--ours", "--port", "0"]).stderr(Stdio::null());
    let program = Program::serving(&mut command, "http");
    let page = |target| answer(&program, target, "");
    let ends = |target, end: &str| {
        let page = page(target);
        assert!(page.ends_with(end), "{target}: {page}");
    };
    ends("/mine/page?page=7", "page?page=8>8</a>\n");
    assert!(page("/mine/page?page=x").contains(" 400 Bad Request\r\n"));
    assert!(page("/mine/go?next=/b").contains("\r\nLocation: /b\r\n"));
    let evil = page("/mine/go?next=//evil.example");
    assert!(evil.contains("\r\nLocation: /\r\n"), "{evil}");
    ends("/mine/name?file=a%2F..cat.jpg", "kept as \"cat.jpg\".");
    ends("/mine/latin1?n=Zo%EB", "[(\"n\", \"Zoë\")]");
    ends("/mine/who", "You are 127.0.0.1.");
    let field = "X-Forwarded-For: 192.0.2.7\r\n";
    let who = answer(&program, "/mine/who", field);
    assert!(who.ends_with("You are 192.0.2.7."), "{who}");
}
