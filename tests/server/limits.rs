//! What a server needs, and what it allows.

use crate::applications::{MIB, application};
use crate::client::Client;
use crate::process::{Running, program};
use gateway::ErrorLog;
use gateway::server::{Server, Stopper};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server in this process, and what it logs.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    thread: JoinHandle<io::Result<()>>,
    log: Log,
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Serving {
    fn start(change: fn(Server) -> Server) -> Self {
        let log = Log::default();
        let server = Server::bind("127.0.0.1:0").expect("a port");
        let server = server.errors(ErrorLog::new(log.clone()));
        let server = server.access_log(ErrorLog::new(log.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let server = change(server);
        let thread = thread::spawn(move || server.serve(application));
        Self { address, stopper, thread, log }
    }

    /// All that was logged, after the last request.
    fn log(self) -> String {
        self.stopper.stop();
        self.thread.join().expect("no panic").expect("serves");
        let bytes = self.log.0.lock().expect("a log").clone();
        String::from_utf8(bytes).expect("text")
    }
}

pub fn a_reader_that_stops_is_given_up() {
    let server = Serving::start(|server| server.threads(1));
    let mut silent = Client::new(server.address);
    silent.send(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(silent.line().expect("a line"), "HTTP/1.1 200 OK\r\n");
    let mut next = Client::new(server.address);
    next.set_patience(Duration::from_secs(60));
    let answer = next.get("/").expect("an answer");
    assert_eq!(answer, "HTTP/1.1 200 OK\r\nHello");
    drop(silent);
    assert!(server.log().contains("\"GET /endless HTTP/1.1\" 200 "));
}

pub fn memory_does_not_grow_with_a_body() {
    const BAR: u64 = 20 * 1024;
    let server = Running::start(&mut program(&["--port", "0"]));
    let mut client = Client::new(server.address);
    client.send(
        b"POST /read HTTP/1.1\r\nHost: a\r\n\
          Content-Length: 67108864\r\n\r\n",
    );
    for _ in 0..64 {
        client.send(&vec![b'x'; MIB as usize]);
    }
    assert!(client.answer().expect("one").ends_with("read 67108864"));
    client.send(
        b"GET /stream HTTP/1.1\r\nHost: a\r\n\
          Connection: close\r\n\r\n",
    );
    assert!(client.skip_to_end() > 64 * MIB);
    assert!(server.peak() < BAR, "{} KiB", server.peak());
}

/// The lines wait in the buffer of the input, so that they can be read
/// when the answer has begun.
pub fn each_block_is_a_chunk() {
    let server = Serving::start(|server| server);
    let mut client = Client::new(server.address);
    client.send(
        b"POST /echo HTTP/1.1\r\nHost: a\r\n\
          Content-Length: 8\r\n\r\none\ntwo\n",
    );
    while client.line().expect("a line") != "\r\n" {}
    let chunks =
        ["4\r\n", "one\n", "\r\n", "4\r\n", "two\n", "\r\n", "0\r\n"];
    for line in chunks {
        assert_eq!(client.line().expect("a line"), line);
    }
    server.log();
}

pub fn a_body_over_the_limit_is_413() {
    let server = Serving::start(|server| server.body_limit(5));
    let ask = |rest: &str| {
        let mut client = Client::new(server.address);
        client.send(b"POST /read HTTP/1.1\r\nHost: a\r\n");
        client.send(rest.as_bytes());
        client.answer().expect("an answer")
    };
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    let six = ask(&format!("{chunked}6\r\n123456\r\n0\r\n\r\n"));
    let five = ask(&format!("{chunked}5\r\n12345\r\n0\r\n\r\n"));
    assert!(six.starts_with("HTTP/1.1 413 "), "{six}");
    assert!(five.ends_with("read 5"), "{five}");
    let six = ask("Content-Length: 6\r\n\r\n123456");
    let five = ask("Content-Length: 5\r\n\r\n12345");
    assert!(six.starts_with("HTTP/1.1 413 "), "{six}");
    assert!(five.ends_with("read 5"), "{five}");
    server.log();
}

pub fn input_ends_when_the_answer_begins() {
    let server = Serving::start(|server| server);
    let mut client = Client::new(server.address);
    client.send(
        b"POST /echo HTTP/1.1\r\nHost: a\r\n\
          Connection: close\r\nContent-Length: 20000\r\n\r\n",
    );
    client.send(&b"123456789\n".repeat(2000));
    client.skip_to_end();
    let log = server.log();
    let message = "POST /echo: the request's body was let go";
    assert!(log.contains(message), "{log}");
}

pub fn the_access_log_has_each_request() {
    let server = Serving::start(|server| server);
    let mut client = Client::new(server.address);
    client.get("/a?b").expect("an answer");
    client.get("x\"y").expect("an answer");
    let log = server.log();
    // The second request may be another worker's, and is then told of
    // before the first's line is written.
    let refused = "GET x\\\"y: 400 Bad Request: target \"x\\\"y\"";
    let (told, lines): (Vec<&str>, Vec<&str>) =
        log.lines().partition(|line| *line == refused);
    assert_eq!(told.len(), 1, "{log}");
    let mut ends: Vec<&str> = lines
        .iter()
        .map(|line| {
            let (start, end) =
                line.split_once(" +0000] ").expect("a date");
            assert!(start.starts_with("127.0.0.1 - - ["), "{log}");
            end
        })
        .collect();
    ends.sort();
    let wanted = [
        "\"GET /a?b HTTP/1.1\" 200 5",
        "\"GET x\\\"y HTTP/1.1\" 400 16",
    ];
    assert_eq!(ends, wanted);
}
