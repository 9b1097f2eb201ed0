//! Random bytes for a connection: whatever comes, it must not panic,
//! nor hang; the answers must not depend on how it was cut; each has a
//! line in the access log; and who brings no request further is thrown
//! out.

use super::Http;
use crate::fuzz::{Chance, fuzz};
use crate::serving::world::{ASKED_FOR, PROBE, Script, Told, World};
use crate::{Block, Body, Environ, Response, Result, StartResponse};
use std::io::{Read, Write};
use std::panic::resume_unwind;

/// Requests to begin with.
const CORPUS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a%20b?c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"HEAD http://a/ HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello",
    b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
     \r\n5;x=\"y\"\r\nHello\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
     \r\n5\r\nHello\r\n0\r\n\r\n",
    b"PUT /some HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
     Content-Length: 10\r\n\r\n0123456789",
    b"\r\n\r\nGET /panic HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    b"GET /late HTTP/1.1\r\nHost: a\r\nCookie: a\r\nCookie: b\r\n\r\n",
    b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
];

/// Pieces that matter to somebody who reads HTTP.
const TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b"\0",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"5\r\nHello\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 18446744073709551615\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: keep-alive, close\r\n",
    b"Host: a\r\n",
    b"HTTP/1.0",
    b"HTTP/2.0",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /late HTTP/1.0\r\n\r\n",
    b"\r\n\r\n\r\n\r\n\r\n",
    &[b'a'; 9_000],
    &[b'b'; 40_000],
];

/// What a client sends that wants to stay. It makes no request.
const DIRT: &[&[u8]] = &[b"\r\n", b"\r", b"x", b"0", b" "];

/// Reads all of the body, or some, or none; and fails in some ways.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let mut body = Vec::new();
    match &*path {
        "/read" => drop(environ.input.read_to_end(&mut body)?),
        "/some" => drop(environ.input.read_exact(&mut [0; 3])),
        "/panic" => resume_unwind(Box::new(ASKED_FOR)),
        _ => {}
    }
    let headers = [("Content-Type", "text/plain"), ("Date", "D")];
    let mut started = start_response("200 OK", &headers)?;
    match &*path {
        "/late" => {
            started.write_all(b"a")?;
            Err("after the start".into())
        }
        "/large" => {
            let blocks = [&LARGE[..]; 3].map(|b| Ok(Block::from(b)));
            Ok(started.body(Body::blocks(blocks)))
        }
        _ => Ok(started.body(body)),
    }
}

/// Three are more than a socket takes at once.
static LARGE: [u8; 100_000] = [b'x'; 100_000];

/// An answer: its status, its head without the date, and its body, with
/// what ends it.
#[derive(PartialEq, Eq)]
struct Answer<'a> {
    status: &'a str,
    head: Vec<&'a str>,
    body: Vec<&'a [u8]>,
}

/// Takes the answers apart. The access log says what there is: one with
/// another status or length, and one too many or too few, are faults.
fn answers(told: &Told) -> Vec<Answer<'_>> {
    let mut rest = &told.answers[..];
    let lines = told.access_log.lines();
    let answers = lines.map(|line| answer(line, &mut rest)).collect();
    assert_eq!(rest.escape_ascii().to_string(), "", "not in the log");
    answers
}

fn answer<'a>(line: &'a str, rest: &mut &'a [u8]) -> Answer<'a> {
    let mut words = line.rsplit(' ');
    let mut word = || words.next().expect("a word");
    let (length, status) = (word(), word());
    let mut left = length.parse().expect("a length");
    let mut head = "HTTP/1.1 100 Continue";
    while head.starts_with("HTTP/1.1 100 ") {
        head = str::from_utf8(to(rest, b"\r\n\r\n")).expect("text");
    }
    let start = format!("HTTP/1.1 {status} ");
    assert!(head.starts_with(&start), "{line}: {head}");
    let fields = head.lines().filter(|l| !l.starts_with("Date: "));
    let head: Vec<_> = fields.collect();
    let mut body = Vec::new();
    let is_chunked = head.contains(&"Transfer-Encoding: chunked");
    while left > 0 {
        let mut length = left;
        if is_chunked {
            let size = str::from_utf8(to(rest, b"\r\n")).expect("text");
            length = usize::from_str_radix(size, 16).expect("a size");
        }
        body.push(rest.split_off(..length).expect("a body"));
        left -= length;
        if is_chunked {
            assert_eq!(to(rest, b"\r\n"), b"");
        }
    }
    if is_chunked && rest.starts_with(b"0\r\n\r\n") {
        body.push(to(rest, b"\r\n\r\n"));
    }
    Answer { status, head, body }
}

/// What comes before an end that must be there. Goes on behind it.
fn to<'a>(rest: &mut &'a [u8], end: &[u8]) -> &'a [u8] {
    let at = rest.windows(end.len()).position(|w| w == end);
    let before =
        rest.split_off(..at.expect("an end")).expect("is there");
    *rest = &rest[end.len()..];
    before
}

/// What must hold for every input.
fn check(world: &World<Http>, chance: &mut Chance, bytes: &[u8]) {
    let whole = world.run(chance, Script::at_once(bytes)).unwrap();
    let script = Script::cut(chance, bytes);
    let lengths: Vec<usize> =
        script.pieces.iter().map(|(_, piece)| piece.len()).collect();
    let parts = world.run(chance, script).unwrap();
    let (whole, parts) = (answers(&whole), answers(&parts));
    for (whole, parts) in whole.iter().zip(&parts) {
        assert_eq!(parts.status, whole.status, "cut to {lengths:?}");
        assert_eq!(parts.head, whole.head, "cut to {lengths:?}");
        assert!(parts.body == whole.body, "cut to {lengths:?}");
    }
    assert_eq!(parts.len(), whole.len(), "cut to {lengths:?}");
    let script = Script::endless(chance, bytes, DIRT);
    let end = script.end;
    match world.run(chance, script) {
        Ok(told) => drop(answers(&told)),
        Err(fault) => panic!("{fault}: {end:?}"),
    }
}

#[test]
fn fuzz_connection() {
    let probe = format!("GET {PROBE} HTTP/1.0\r\n\r\n");
    let world = World::enter(&application, (probe.into(), "200 OK"));
    fuzz(CORPUS, TOKENS, |chance, bytes| check(&world, chance, bytes));
    world.leave();
}
