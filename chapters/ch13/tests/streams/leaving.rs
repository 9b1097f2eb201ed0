//! Clients that leave.

use crate::client::Client;
use crate::process::Server;
use std::io::{Read, Write};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// One that has read a part: what makes the rest is dropped.
fn reading(kind: &str) {
    let server = Server::start(kind);
    let client = Client::ask(&server, "/stream", 0);
    let (_, mut body) = client.answer();
    body.read_exact(&mut vec![0; 1 << 20]).expect("a part");
    server.stand_still();
    assert_eq!(server.counts().dropped, 0);
    drop((client, body));
    assert!(server.wait(|counts| counts.dropped == 1) < SECOND);
    let made = server.counts().made;
    assert_eq!(server.stand_still().made, made, "it goes on");
}

/// One that has sent a part: who reads it gets an error.
fn sending(kind: &str) {
    let server = Server::start(kind);
    let client = Client::ask(&server, "/count", 1 << 30);
    let mut upload = client.upload();
    upload.write_all(&[b'x'; 100_000]).expect("is sent");
    server.wait(|counts| counts.came == 100_000);
    assert_eq!(server.counts().failed, 0);
    drop((client, upload));
    let left = server.wait(|counts| counts.failed == 1);
    let dropped = server.wait(|counts| counts.dropped == 1);
    assert!(left + dropped < SECOND);
}

macro_rules! leaving {
    ($($name:ident: $how:ident, $kind:literal;)*) => {$(
        #[test]
        fn $name() {
            $how($kind);
        }
    )*};
}

leaving! {
    http_reading: reading, "http";
    http_sending: sending, "http";
    fastcgi_reading: reading, "fastcgi";
    fastcgi_sending: sending, "fastcgi";
    hyper_reading: reading, "hyper";
    hyper_sending: sending, "hyper";
}

/// All places are there again, and a thread for each.
#[test]
fn two_hundred_leave_hyper() {
    let server = Server::start("hyper");
    for _ in 0..5 {
        let ask = |_| Client::ask(&server, "/stream", 0);
        let clients: Vec<_> = (0..40).map(ask).collect();
        for client in &clients {
            client.answer();
        }
        drop(clients);
    }
    server.wait(|counts| counts.dropped == 200);
    let ask = |_| Client::ask(&server, "/meet?64", 0);
    let clients: Vec<_> = (0..64).map(ask).collect();
    for client in clients {
        assert_eq!(client.whole().1, "met");
    }
}
