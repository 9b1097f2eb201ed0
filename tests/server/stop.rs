//! How a server ends.

use crate::applications::application;
use crate::client::Client;
use crate::process::{Running, program};
use gateway::ErrorLog;
use gateway::server::{Server, Stopper};
use std::io;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const UPLOAD: &[u8] = b"POST /read HTTP/1.1\r\nHost: a\r\n\
    Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n";

/// A server that has a request under way, and was told to stop.
fn stopping(signal: &str) -> (Running, Client) {
    let mut server = Running::start(&mut program(&["--port", "0"]));
    let mut client = Client::new(server.address);
    client.send(UPLOAD);
    // The application asks for the body: it is at work.
    assert!(client.answer().expect("an answer").contains(" 100 "));
    server.signal(signal);
    let line = server.errors.next().expect("a line").expect("text");
    assert!(line.starts_with("Stopping when"), "{line}");
    (server, client)
}

pub fn a_signal_lets_requests_finish() {
    for signal in ["TERM", "INT"] {
        let (mut server, mut client) = stopping(signal);
        client.send(&[b'x'; 5000]);
        let answer = client.answer().expect("an answer");
        assert_eq!(answer, "HTTP/1.1 200 OK\r\nread 5000");
        assert!(server.wait().success());
        assert!(TcpStream::connect(server.address).is_err());
    }
}

pub fn a_second_signal_ends_at_once() {
    let (mut server, _client) = stopping("INT");
    server.signal("INT");
    assert_eq!(server.wait().code(), Some(130));
}

pub fn a_stop_does_not_wait_for_ever() {
    let (mut server, _client) = stopping("TERM");
    assert_eq!(server.wait().code(), Some(1));
    let line = server.errors.next().expect("a line").expect("text");
    assert_eq!(line, "Some were not, in 10s");
}

const STOP_AT: usize = 1000;

pub fn a_stop_under_load_cuts_nothing() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server = server.errors(ErrorLog::new(io::sink()));
    let (address, stopper) = (server.address(), server.stopper());
    let answered = AtomicUsize::new(0);
    thread::scope(|scope| {
        let serving = scope.spawn(move || server.serve(application));
        for _ in 0..8 {
            let mut client = Client::new(address);
            client.get("/").expect("an answer");
            let (stopper, answered) = (&stopper, &answered);
            scope.spawn(move || ask(client, stopper, answered));
        }
        assert!(matches!(serving.join(), Ok(Ok(()))));
        // tiny_http's own thread is about to close it.
        let patience = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < patience, "it still listens");
        }
    });
    assert!(answered.into_inner() > STOP_AT);
}

fn ask(mut client: Client, stopper: &Stopper, answered: &AtomicUsize) {
    // tiny_http leaves connections open when the server has stopped.
    client.set_patience(Duration::from_secs(1));
    while let Ok(answer) = client.get("/") {
        assert_eq!(answer, "HTTP/1.1 200 OK\r\nHello");
        if answered.fetch_add(1, Ordering::Relaxed) == STOP_AT {
            stopper.stop();
        }
    }
    assert!(client.is_empty(), "half an answer");
}
