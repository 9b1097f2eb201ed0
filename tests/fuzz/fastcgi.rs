//! Random records: whatever comes, the server must not panic, nor
//! hang, nor hold more than it may; what it sends must be records, and
//! must not depend on how the others were cut.

use super::inbound::{Event, Inbound};
use super::pairs;
use super::record::*;
use super::worker::Worker;
use super::{Limits, Server};
use crate::fuzz::{HANG, fuzz};
use crate::{Environ, ErrorLog, Response, Result, StartResponse};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::resume_unwind;

fn begin(id: u16, role: u8, flags: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let content = [0, role, flags, 0, 0, 0, 0, 0];
    push(&mut bytes, BEGIN_REQUEST, id, &content);
    bytes
}

fn request(id: u16, flags: u8, path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = begin(id, 1, flags);
    let mut params = Vec::new();
    pairs::push(&mut params, "PATH_INFO", path);
    pairs::push(&mut params, "REQUEST_METHOD", "POST");
    pairs::push(&mut params, "LONG", [b'x'; 150]);
    if path != "/open" {
        let length = body.len().to_string();
        pairs::push(&mut params, "CONTENT_LENGTH", length);
    }
    let (first, rest) = params.split_at(params.len() / 2);
    for (kind, content) in
        [(PARAMS, first), (PARAMS, rest), (PARAMS, b""), (STDIN, body)]
    {
        push(&mut bytes, kind, id, content);
    }
    if !body.is_empty() {
        push(&mut bytes, STDIN, id, b"");
    }
    bytes
}

fn record(kind: u8, id: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, kind, id, content);
    bytes
}

/// Records to begin with.
fn corpus() -> Vec<Vec<u8>> {
    let mut asked = Vec::new();
    for name in ["FCGI_MAX_CONNS", "FCGI_MPXS_CONNS", "OTHER"] {
        pairs::push(&mut asked, name, "");
    }
    vec![
        request(1, KEEP_CONN, "/", b""),
        request(1, KEEP_CONN, "/read", b"Hello"),
        request(1, KEEP_CONN, "/open", &[b'x'; 90]),
        request(2, KEEP_CONN, "/some", b"Hello"),
        request(1, KEEP_CONN, "/panic", b"Hello"),
        request(1, KEEP_CONN, "/write", b"Hello"),
        request(1, KEEP_CONN, "/late", b""),
        request(0x1234, 0, "/", b"Hello"),
        record(GET_VALUES, 0, &asked),
        [begin(3, 1, 1), record(ABORT_REQUEST, 3, b"")].concat(),
        [begin(3, 2, 1), record(PARAMS, 3, b"abc")].concat(),
    ]
}

/// Pieces that matter to somebody who reads records.
fn tokens() -> Vec<Vec<u8>> {
    vec![
        begin(1, 1, 0),
        begin(1, 1, KEEP_CONN),
        begin(2, 1, KEEP_CONN),
        begin(2, 3, KEEP_CONN),
        record(ABORT_REQUEST, 1, b""),
        record(PARAMS, 1, b""),
        record(PARAMS, 1, &[0; 100]),
        record(PARAMS, 1, b"\x80\0\0\x01\x01AB"),
        record(STDIN, 1, b""),
        record(STDIN, 1, b"more"),
        record(GET_VALUES, 0, b""),
        record(77, 0, b"x"),
        record(77, 1, b"x"),
        record(STDOUT, 1, b"x"),
        vec![1],
        vec![0],
        vec![0x80],
        vec![0xff; 4],
        vec![0; 8],
    ]
}

/// Reads all of the body, or some, or none; and fails in some ways.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let mut body = Vec::new();
    match &*path {
        "/read" | "/open" => {
            environ.input.read_to_end(&mut body)?;
        }
        "/some" => drop(environ.input.read_exact(&mut [0; 3])),
        "/panic" => resume_unwind(Box::new(ASKED_FOR)),
        _ => {}
    }
    writeln!(environ.errors, "called")?;
    let headers = [("Content-Type", "text/plain")];
    let mut started = start_response("200 OK", &headers)?;
    match &*path {
        "/late" => {
            started.write_all(b"a")?;
            return Err("after the start".into());
        }
        "/write" => {
            started.write_all(b"a")?;
            started.write_all(b"b")?;
        }
        _ => {}
    }
    Ok(started.body(body))
}

const ASKED_FOR: &str = "as it was asked for";

fn limits() -> Limits {
    Limits { body: 100, params: 300, wait: HANG, connections: 1 }
}

/// Our end of a connection on which the bytes have come, and theirs.
fn connection(bytes: &[u8]) -> (TcpStream, UnixStream) {
    let (mut client, ours) = UnixStream::pair().expect("sockets");
    client.write_all(bytes).expect("there is room");
    client.shutdown(Shutdown::Write).expect("a socket");
    (TcpStream::from(OwnedFd::from(ours)), client)
}

/// What comes back for the bytes, read so many at a time.
fn answers(server: &Server, bytes: &[u8], step: usize) -> Vec<u8> {
    let (ours, mut client) = connection(bytes);
    let mut worker = Worker::new(server, &application);
    // Whatever made no sense has ended it.
    let _ = worker.attend(ours, step);
    let mut answers = Vec::new();
    match client.read_to_end(&mut answers) {
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    answers
}

/// These must be whole records, and a stream must not be empty before
/// its end, nor go on behind it.
fn check_records(mut answers: &[u8]) {
    let (mut ended, mut errors) = (None, Vec::new());
    while let Some((header, rest)) = answers.split_first_chunk() {
        let header = Header::parse(*header).expect("a header");
        let length = usize::from(header.length);
        let (content, rest) = rest.split_at(length);
        answers = &rest[usize::from(header.padding)..];
        match header.kind {
            STDOUT if content.is_empty() => ended = Some(header.id),
            STDOUT => assert_eq!(ended, None),
            STDERR => {
                assert!(!content.is_empty());
                errors.extend_from_slice(content);
            }
            END_REQUEST => {
                let is_refused = content[4] != REQUEST_COMPLETE;
                assert!(is_refused || ended.take() == Some(header.id));
            }
            GET_VALUES_RESULT | UNKNOWN_TYPE => {
                assert_eq!(header.id, 0);
            }
            kind => panic!("type {kind}"),
        }
    }
    assert!(answers.is_empty(), "half a header");
    let errors = String::from_utf8_lossy(&errors);
    for line in errors.lines().filter(|l| l.contains("panicked")) {
        assert!(line.ends_with(ASKED_FOR), "{line}");
    }
}

/// What is held of them must be within the limits.
fn check_memory(bytes: &[u8]) {
    let (ours, _client) = connection(bytes);
    let mut inbound = Inbound::new(ours, 64, &limits());
    loop {
        match inbound.next() {
            Ok(Event::End) | Err(_) => break,
            Ok(Event::Reply(reply)) => assert!(reply.len() < 100),
            Ok(Event::Request) => drop(inbound.end()),
            Ok(_) => {}
        }
        // A vector may take twice what it needs.
        assert!(inbound.params.capacity() <= 2 * limits().params);
    }
}

#[test]
fn fuzz_fastcgi() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server = server.errors(ErrorLog::new(io::sink()));
    let server = server.limits(limits());
    let (corpus, tokens) = (corpus(), tokens());
    let corpus: Vec<&[u8]> = corpus.iter().map(|c| &**c).collect();
    let tokens: Vec<&[u8]> = tokens.iter().map(|t| &**t).collect();
    fuzz(&corpus, &tokens, |chance, bytes| {
        let whole = answers(&server, bytes, 8192);
        check_records(&whole);
        let step = 1 + chance.below(40);
        let parts = answers(&server, bytes, step);
        assert_eq!(
            parts.escape_ascii().to_string(),
            whole.escape_ascii().to_string(),
            "read {step} at a time"
        );
        check_memory(bytes);
    });
}
