//! `mine5`, with the solutions for the reader's answers.

use gateway::Environ;
use gateway::exchange::{self, Protocol};
use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::thread;

#[path = "../src/mine.rs"]
mod answers;
#[path = "../../mine.rs"]
mod mine;

/// Asks for a path, and is sent what comes back.
fn ask(method: &str, path: &str, out: &mut dyn Write) {
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", method);
    environ.set("PATH_INFO", path);
    let protocol = Protocol::Http { minor: 1, keep_alive: true };
    exchange::run(&answers::application, &mut environ, protocol, out);
}

fn answer(method: &str, path: &str) -> String {
    let mut out = Vec::new();
    ask(method, path, &mut out);
    String::from_utf8(out).unwrap()
}

/// A client that passes on what it gets, until nobody wants it.
struct Client(Sender<Vec<u8>>);

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(bytes.to_vec());
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_pieces_are_ours() {
    let whose = mine::whose(&[answers::PIECES]);
    assert_eq!(whose, "yours: none; ours: 5.1, 5.4, 5.5");
}

#[test]
fn the_notice_has_a_length_for_head() {
    let head = answer("HEAD", "/notice");
    assert!(head.contains("\r\nContent-Length: 14\r\n"), "{head}");
}

#[test]
fn the_events_come_one_by_one() {
    assert!(answer("GET", "/listen").contains("EventSource"));
    let (sender, receiver) = channel();
    thread::spawn(|| ask("GET", "/events", &mut Client(sender)));
    let first = String::from_utf8(receiver.recv().unwrap()).unwrap();
    assert!(first.contains("text/event-stream"), "{first}");
    assert!(first.ends_with("\r\ndata: message 1\n\n\r\n"), "{first}");
}

#[test]
fn the_clock_has_one_visitor_at_a_time() {
    let (sender, receiver) = channel();
    let first =
        thread::spawn(|| ask("GET", "/clock", &mut Client(sender)));
    receiver.recv().unwrap();
    let second = answer("GET", "/clock");
    assert!(second.starts_with("HTTP/1.1 503 "), "{second}");
    while receiver.recv().is_ok() {}
    first.join().unwrap();
    let third = answer("GET", "/clock");
    assert!(third.contains("tick 3"), "{third}");
}

#[test]
fn the_rest_is_the_chapters() {
    let page = answer("GET", "/values");
    assert!(page.contains("PATH_INFO = /values\n"), "{page}");
}
