//! Long bodies need little memory, however slow who reads or writes.

use crate::client::Client;
use crate::process::Server;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::Instant;
use std::{env, thread};

/// How many bytes a body has.
fn length() -> u64 {
    let mib = env::var("STREAMS_MIB");
    mib.map_or(256, |mib| mib.parse().expect("a number")) << 20
}

/// A stream is stopped so often.
const PAUSES: u64 = 8;

/// How many bytes may be on their way: the kernel's buffers take most.
const UNDERWAY: u64 = 20 << 20;

/// How much more memory a stream may need, in KiB.
const MEMORY: u64 = 20 << 10;

/// Does something with a server that is warm; its memory stays small.
fn small(kind: &str, what: &str, exchange: fn(&Server)) {
    let server = Server::start(kind);
    let client = Client::ask(&server, "/stream?1000000", 0);
    assert_eq!(client.whole().1.len(), 1_000_000);
    let client = Client::ask(&server, "/count", 1_000_000);
    let mut upload = client.upload();
    upload.write_all(&vec![b'x'; 1_000_000]).expect("is sent");
    upload.flush().expect("is sent");
    assert_eq!(client.whole().1, "1000000");
    let (before, start) = (server.memory("VmRSS"), Instant::now());
    exchange(&server);
    let more = server.memory("VmHWM").saturating_sub(before);
    println!(
        "{kind}, {what}, {} MiB: {more} KiB more than {before}, {:.1?}",
        length() >> 20,
        start.elapsed()
    );
    assert!(more < MEMORY, "{kind}, {what}: {more} KiB more");
}

/// Reads it all, and stops so often until nothing moves.
fn read_slowly(server: &Server, mut body: impl Read) {
    let part = length() / PAUSES;
    for _ in 0..PAUSES {
        server.stand_still();
        let mut taken = (&mut body).take(part);
        let read = io::copy(&mut taken, &mut io::sink());
        assert_eq!(read.expect("a body"), part);
    }
    let more = io::copy(&mut body, &mut io::sink());
    assert_eq!(more.expect("its end"), 0);
}

fn download(server: &Server) {
    let path = format!("/stream?{}", length());
    let client = Client::ask(server, &path, 0);
    let before = server.stand_still().made;
    let (_, body) = client.answer();
    assert!(before < UNDERWAY, "{before} bytes before any is read");
    read_slowly(server, body);
}

/// Writes slowly: each part has to come before the next is sent.
fn upload(server: &Server) {
    let before = server.counts().came;
    let client = Client::ask(server, "/count", length());
    let (mut upload, part) = (client.upload(), length() / PAUSES);
    for n in 1..=PAUSES {
        let mut bytes = io::repeat(b'x').take(part);
        io::copy(&mut bytes, &mut upload).expect("is sent");
        server.wait(|counts| counts.came == before + n * part);
    }
    upload.flush().expect("is sent");
    let all = (before + length()).to_string();
    assert_eq!(client.whole(), ("200".into(), all));
}

/// Nobody reads what is written, at first.
fn gated(server: &Server) {
    let before = server.counts();
    let client = Client::ask(server, "/gated", length());
    let mut upload = client.upload();
    let writer = thread::spawn(move || {
        let mut bytes = io::repeat(b'x').take(length());
        io::copy(&mut bytes, &mut upload).expect("is sent");
        upload.flush().expect("is sent");
    });
    server.wait(|counts| counts.begun > before.begun);
    let stopped = server.stand_still();
    assert_eq!(stopped.came, before.came);
    server.tell("open");
    let all = (before.came + length()).to_string();
    assert_eq!(client.whole().1, all);
    writer.join().expect("all is sent");
}

/// Both at once.
fn echo(server: &Server) {
    let client = Client::ask(server, "/echo", length());
    let mut upload = client.upload();
    let writer = thread::spawn(move || {
        let mut bytes = io::repeat(b'x').take(length());
        io::copy(&mut bytes, &mut upload).expect("is sent");
        upload.flush().expect("is sent");
    });
    let before = server.stand_still().came;
    let (_, body) = client.answer();
    assert!(before < UNDERWAY + 2_000_000, "{before} bytes came");
    read_slowly(server, body);
    writer.join().expect("all is sent");
    let _ = client.stream.shutdown(Shutdown::Both);
}

/// What an application has in one block is not there twice.
#[test]
fn hyper_block() {
    let server = Server::start("hyper");
    assert_eq!(Client::ask(&server, "/block?9", 0).whole().1.len(), 9);
    let before = server.memory("VmRSS");
    let path = format!("/block?{}", length());
    let client = Client::ask(&server, &path, 0);
    let (_, body) = client.answer();
    server.stand_still();
    read_slowly(&server, body);
    let more = server.memory("VmHWM").saturating_sub(before);
    println!("hyper, block: {more} KiB more than {before}");
    assert!(more < (length() >> 10) + MEMORY, "{more} KiB more");
}

macro_rules! streams {
    ($($name:ident: $kind:literal, $what:ident;)*) => {$(
        #[test]
        fn $name() {
            small($kind, stringify!($what), $what);
        }
    )*};
}

streams! {
    http_download: "http", download;
    http_upload: "http", upload;
    http_gated: "http", gated;
    http_echo: "http", echo;
    fastcgi_download: "fastcgi", download;
    fastcgi_upload: "fastcgi", upload;
    fastcgi_gated: "fastcgi", gated;
    fastcgi_echo: "fastcgi", echo;
    hyper_download: "hyper", download;
    hyper_upload: "hyper", upload;
    hyper_gated: "hyper", gated;
    hyper_echo: "hyper", echo;
}
