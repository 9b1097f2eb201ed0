//! `mine7`, with the solutions for the reader's answers.

use gateway::fastcgi::pairs;
use gateway::fastcgi::record::*;
use std::io::{self, Cursor, Read, Write};

#[path = "../src/mine.rs"]
mod fastcgi;
#[path = "../../mine.rs"]
mod mine;

/// A connection that says this, and hears something.
struct Peer(Cursor<Vec<u8>>, Vec<u8>);

impl Read for Peer {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let few = to.len().min(5);
        self.0.read(&mut to[..few])
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn ask(records: &[(u8, u16, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, id, content) in records {
        push(&mut bytes, *kind, *id, content);
    }
    let mut peer = Peer(Cursor::new(bytes), Vec::new());
    fastcgi::serve(&mut peer, &ch07::application()).unwrap();
    peer.1
}

#[test]
fn the_pieces_are_ours() {
    let whose = mine::whose(&[fastcgi::PIECES]);
    assert_eq!(whose, "yours: none; ours: 7.2, 7.3, 7.4, 7.5");
}

#[test]
fn a_page_comes_of_the_readers_pieces() {
    let mut params = Vec::new();
    pairs::push(&mut params, "PATH_INFO", "/echo");
    pairs::push(&mut params, "HTTP_COOKIE", [b'x'; 300]);
    let heard = ask(&[
        (BEGIN_REQUEST, 7, &[0, 1, 0, 0, 0, 0, 0, 0]),
        (PARAMS, 7, &params),
        (PARAMS, 7, b""),
        (STDIN, 7, b"Hello"),
        (STDIN, 7, b""),
    ]);
    let text = heard.escape_ascii().to_string();
    assert!(heard.starts_with(b"\x01\x06\0\x07\0"), "{text}");
    assert!(text.contains("\\r\\n\\r\\nHello\\x01\\x06"), "{text}");
    assert!(heard.ends_with(&[0; 8]), "{text}");
}

#[test]
fn values_that_are_asked_for_are_told() {
    let mut asked = Vec::new();
    pairs::push(&mut asked, "FCGI_MPXS_CONNS", "");
    pairs::push(&mut asked, "FCGI_MAX_REQS", "");
    let heard = ask(&[(GET_VALUES, 0, &asked)]);
    let expected = b"\x01\x0a\0\0\0\x12\0\0\x0f\x01FCGI_MPXS_CONNS0";
    assert_eq!(heard, expected);
}
