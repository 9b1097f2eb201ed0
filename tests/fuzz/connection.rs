//! Random bytes for a connection: whatever comes, it must not panic,
//! nor hang, and the answers must not depend on how it was cut.

use super::connection::{Arrival, Connection};
use super::socket::Socket;
use super::worker::Worker;
use super::{Limits, Server};
use crate::exchange::End;
use crate::fuzz::{HANG, fuzz};
use crate::{Environ, ErrorLog, Response, Result, StartResponse};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
];

static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Those of the library, which catches its own as well.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Reads all of the body, or some, or none; and fails in some ways.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let mut body = Vec::new();
    match &*path {
        "/read" => drop(environ.input.read_to_end(&mut body)?),
        "/some" => drop(environ.input.read_exact(&mut [0; 3])),
        "/panic" => panic!("is what was asked for"),
        _ => {}
    }
    let headers = [("Content-Type", "text/plain"), ("Date", "D")];
    let mut started = start_response("200 OK", &headers)?;
    if path == "/late" {
        started.write_all(b"a")?;
        return Err("after the start".into());
    }
    Ok(started.body(body))
}

fn server() -> Server {
    let limits =
        Limits { body: 1 << 16, wait: HANG, ..Limits::default() };
    Server::bind("127.0.0.1:0")
        .expect("a port")
        .errors(ErrorLog::new(io::sink()))
        .limits(limits)
}

/// What comes back for the bytes, sent in two pieces. Whoever reads a
/// body waits for it, and there is one thread only: so all of the rest
/// is sent as soon as there is a head.
fn answers(server: &Server, bytes: &[u8], cut: usize) -> Vec<u8> {
    let (mut client, ours) = UnixStream::pair().expect("sockets");
    ours.set_nonblocking(true).expect("an option");
    let ours = std::net::TcpStream::from(OwnedFd::from(ours));
    let socket = Socket::new(mio::net::TcpStream::from_std(ours));
    let until = Instant::now() + Duration::from_secs(60);
    let connection = Arc::new(Connection::new(0, socket, None, until));
    let mut worker = Worker::new(server, &application);
    let (first, rest) = bytes.split_at(cut);
    let mut pieces = vec![rest, first];
    let mut send = |all: bool| {
        while let Some(piece) = pieces.pop() {
            client.write_all(piece).expect("there is room");
            if pieces.is_empty() {
                client.shutdown(Shutdown::Write).expect("a socket");
            }
            if !all {
                break;
            }
        }
    };
    send(false);
    loop {
        let head = match connection.receive(&server.limits) {
            Ok(Arrival::Nothing(_)) => {
                send(false);
                continue;
            }
            Ok(Arrival::Head(length)) => Ok(length),
            Ok(_) => break,
            Err(no) => Err(no),
        };
        send(true);
        if worker.answer(&connection, head) != End::Keep {
            break;
        }
    }
    drop((worker, connection));
    let mut answers = Vec::new();
    // A cut answer to HTTP/1.0 ends with a reset.
    let _ = client.read_to_end(&mut answers);
    answers
}

/// The statuses, without `100 Continue`, which may come or not: that
/// depends on whether the body is there already when it is read.
fn statuses(answers: &[u8]) -> Vec<&[u8]> {
    let starts =
        answers.windows(12).filter(|w| w.starts_with(b"HTTP/1.1 "));
    starts.map(|w| &w[9..]).filter(|s| s != b"100").collect()
}

/// What must hold for every input.
fn check(server: &Server, bytes: &[u8], cut: usize) {
    let start = Instant::now();
    let before = CALLS.load(Ordering::Relaxed);
    let whole = answers(server, bytes, bytes.len());
    let calls = CALLS.load(Ordering::Relaxed) - before;
    let whole = statuses(&whole);
    let refusals = whole.len() - calls;
    assert!(refusals <= 1, "{calls} calls, answers {whole:?}");
    let parts = answers(server, bytes, cut);
    assert_eq!(statuses(&parts), whole, "cut at {cut}");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a panic");
    assert!(start.elapsed() < HANG, "took {:?}", start.elapsed());
}

#[test]
fn fuzz_connection() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let file = info.location().map_or("", |place| place.file());
        match file.ends_with(file!()) {
            true => {} // that was asked for
            false => {
                PANICS.fetch_add(1, Ordering::Relaxed);
                hook(info);
            }
        }
    }));
    let server = server();
    fuzz(CORPUS, TOKENS, |chance, bytes| {
        let cut = chance.below(bytes.len() + 1);
        check(&server, bytes, cut);
    });
}
