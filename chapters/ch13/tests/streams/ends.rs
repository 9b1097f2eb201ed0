//! How exchanges end under hyper, and who has to wait.

use crate::client::Client;
use crate::process::Server;
use std::io::{self, ErrorKind, Read};
use std::time::Duration;

#[test]
fn a_third_waits_for_one_of_two() {
    let server = Server::start("two");
    let slow = ["/stream", "/stream"];
    let [first, second] =
        slow.map(|path| Client::ask(&server, path, 0));
    server.wait(|counts| counts.begun == 2);
    server.stand_still();
    let third = Client::ask(&server, "/meet?1", 0);
    let moment = Some(Duration::from_millis(300));
    third.stream.set_read_timeout(moment).expect("an option");
    let nothing = third.stream.peek(&mut [0]).expect_err("it waits");
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    assert_eq!(server.counts().begun, 2);
    drop(first);
    third
        .stream
        .set_read_timeout(Some(crate::process::LONG))
        .expect("an option");
    assert_eq!(third.whole().1, "met");
    drop(second);
}

/// One that waits for a place and leaves takes none.
#[test]
fn who_leaves_while_waiting_takes_no_place() {
    let server = Server::start("two");
    let slow = ["/stream", "/stream"];
    let clients = slow.map(|path| Client::ask(&server, path, 0));
    server.wait(|counts| counts.begun == 2);
    for _ in 0..20 {
        Client::ask(&server, "/stream", 0);
    }
    drop(clients);
    server.wait(|counts| counts.dropped == counts.begun);
    let pair = ["/meet?2", "/meet?2"];
    let pair = pair.map(|path| Client::ask(&server, path, 0));
    for client in pair {
        assert_eq!(client.whole().1, "met");
    }
}

#[test]
fn a_panic_is_answered_and_leaves_its_place() {
    let server = Server::start("two");
    for _ in 0..10 {
        let client = Client::ask(&server, "/panic", 0);
        assert_eq!(client.whole().0, "500");
    }
    let pair = ["/meet?2", "/meet?2"];
    let pair = pair.map(|path| Client::ask(&server, path, 0));
    for client in pair {
        assert_eq!(client.whole().1, "met");
    }
}

#[test]
fn a_body_that_fails_breaks_the_connection() {
    let server = Server::start("two");
    for path in ["/cut?50000", "/sized-cut?50000"] {
        for _ in 0..5 {
            let client = Client::ask(&server, path, 0);
            let (head, mut body) = client.answer();
            assert!(head.starts_with("http/1.1 200"), "{head}");
            let is_sized = head.contains("content-length: 100000");
            assert_eq!(is_sized, path.starts_with("/sized"));
            let mut part = vec![0; 50_000];
            body.read_exact(&mut part).expect("a part");
            server.tell("open");
            let end = body.read(&mut part);
            // In chunks, the last is missing.
            assert_eq!(end.is_ok(), is_sized, "{end:?}");
            assert_eq!(end.unwrap_or(0), 0);
        }
    }
}

#[test]
fn a_graceful_shutdown_waits_for_whole_answers() {
    let mut server = Server::start("hyper");
    let length = 32 << 20;
    let path = format!("/stream?{length}");
    let clients = [&path; 3].map(|path| Client::ask(&server, path, 0));
    server.wait(|counts| counts.begun == 3);
    let made = server.stand_still().made;
    assert!(made < 3 * length, "none is at work any more");
    server.tell("stop");
    for client in clients {
        let (_, body) = client.answer();
        let read = io::copy(&mut { body }, &mut io::sink());
        assert_eq!(read.expect("all of it"), length);
    }
    assert!(server.ended(), "it goes on, or failed");
}
