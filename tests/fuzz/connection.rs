//! Random bytes for a connection: whatever comes, it must not panic,
//! nor hang, and the answers must not depend on how it was cut.
//!
//! FUZZ_EXECUTIONS says how often, FUZZ_SEED with which numbers. One
//! that failed is printed, and tried alone with FUZZ_ONLY.

use super::connection::{Arrival, Connection};
use super::socket::Socket;
use super::worker::Worker;
use super::{Limits, Server};
use crate::exchange::End;
use crate::{Environ, ErrorLog, Response, Result, StartResponse};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Numbers that look like chance, and are the same for a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Requests to begin with.
const CORPUS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a%20b?c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HEAD http://a/ HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello",
    "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
     \r\n5;x=\"y\"\r\nHello\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
     \r\n5\r\nHello\r\n0\r\n\r\n",
    "PUT /some HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
     Content-Length: 10\r\n\r\n0123456789",
    "\r\n\r\nGET /panic HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    "GET /late HTTP/1.1\r\nHost: a\r\nCookie: a\r\nCookie: b\r\n\r\n",
];

/// Pieces that matter to somebody who reads HTTP.
const TOKENS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    "\0",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "5\r\nHello\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 18446744073709551615\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Expect: 100-continue\r\n",
    "Connection: keep-alive, close\r\n",
    "Host: a\r\n",
    "HTTP/1.0",
    "HTTP/2.0",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
];

/// A request or some, with mistakes.
fn mutated(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=chance.below(3) {
        let text = chance.one_of(CORPUS);
        bytes.extend(text.chars().map(|c| c as u8));
    }
    for _ in 0..chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = bytes.len().min(at + chance.below(20));
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.extend_from_within(at..end),
            3 if at < bytes.len() => {
                bytes[at] = chance.next() as u8;
            }
            _ => {
                let token = chance.one_of(TOKENS).bytes();
                bytes.splice(at..at, token);
            }
        }
    }
    bytes
}

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

/// Nothing is waited for that is not there.
const HANG: Duration = Duration::from_secs(5);

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
        if worker.answer_caught(&connection, head) != End::Keep {
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

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

#[test]
fn fuzz_connection() {
    std::panic::set_hook(Box::new(|info| {
        let file = info.location().map_or("", |place| place.file());
        if !file.ends_with(file!()) {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let executions = number("FUZZ_EXECUTIONS").unwrap_or(5_000);
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let only = number("FUZZ_ONLY");
    let server = server();
    for execution in 0..executions {
        if execution % 100_000 == 99_999 {
            eprintln!("{} of {executions}", execution + 1);
        }
        if only.is_some_and(|only| only != execution) {
            continue;
        }
        let mut chance = Chance(seed.wrapping_add(execution) * 2 + 1);
        for _ in 0..4 {
            chance.next();
        }
        let bytes = mutated(&mut chance);
        let cut = chance.below(bytes.len() + 1);
        let checked = catch_unwind(AssertUnwindSafe(|| {
            check(&server, &bytes, cut);
        }));
        if let Err(panic) = checked {
            let _ = std::panic::take_hook();
            let text = panic.downcast_ref::<String>();
            panic!(
                "FUZZ_SEED={seed} FUZZ_ONLY={execution} \
                 FUZZ_EXECUTIONS={executions}: {}\n{text:?}",
                bytes.escape_ascii()
            );
        }
    }
}
