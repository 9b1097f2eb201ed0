//! A stream through layers, over real connections.

use crate::support::{Client, PATIENCE};
use flate2::write::GzDecoder;
use gateway::middleware::{
    conditional, gzip, request_id, validate, validate_middleware,
};
use gateway::{Application, Block, Body, ErrorLog, http, server};
use std::io::{Read, Write, sink};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Each block but the first waits for the client to have seen the one
/// before it.
fn dialogue(seen: Receiver<()>) -> impl Application + Send + Sync {
    let seen = Arc::new(Mutex::new(seen));
    gateway::app(move |_, start_response| {
        let text = [("Content-Type", "text/plain")];
        let seen = seen.clone();
        let blocks = (0..3).map(move |n| {
            if n > 0 {
                let seen = seen.lock().unwrap();
                let waited = seen.recv_timeout(PATIENCE);
                waited
                    .map_err(|_| format!("block {n} was not seen"))?;
            }
            Ok(Block::from(format!("block {n}\n").into_bytes()))
        });
        let body = Body::blocks(blocks);
        Ok(start_response("200 OK", &text)?.body(body))
    })
}

/// Reads one chunk, and shows what is in it.
fn show(client: &mut Client, shown: &mut GzDecoder<Vec<u8>>) -> usize {
    let size = client.until("\r\n");
    let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
    let mut chunk = vec![0; size + 2];
    client.0.read_exact(&mut chunk).expect("a chunk");
    shown.write_all(&chunk[..size]).expect("a gzip stream");
    shown.flush().unwrap();
    size
}

fn talk(address: SocketAddr, seen: &Sender<()>) {
    let mut client = Client::new(address);
    client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
    );
    let head = client.until("\r\n\r\n");
    assert!(head.contains("\r\nContent-Encoding: gzip\r\n"), "{head}");
    let mut shown = GzDecoder::new(Vec::new());
    let mut text = String::new();
    for n in 0..3 {
        text += &format!("block {n}\n");
        while shown.get_ref().len() < text.len() {
            assert!(
                show(&mut client, &mut shown) > 0,
                "cut before {n}"
            );
        }
        assert_eq!(shown.get_ref(), text.as_bytes());
        seen.send(()).unwrap();
    }
    while show(&mut client, &mut shown) > 0 {}
    assert_eq!(shown.finish().expect("its end"), text.as_bytes());
}

type Shared = Box<dyn Application + Send + Sync>;

/// The dialogue under layers in several orders, and what lets it go on.
fn stacks() -> [(Shared, Sender<()>); 4] {
    fn stack<A>(around: fn(Shared) -> A) -> (Shared, Sender<()>)
    where
        A: Application + Send + Sync + 'static,
    {
        let (sender, seen) = channel();
        (Box::new(around(Box::new(dialogue(seen)))), sender)
    }
    [
        stack(|app| gzip(conditional(app))),
        stack(|app| conditional(gzip(app))),
        stack(|app| validate(request_id(conditional(gzip(app))))),
        stack(|app| {
            validate_middleware(app, |app| {
                request_id(conditional(gzip(app)))
            })
        }),
    ]
}

#[test]
fn the_first_block_is_on_the_wire_before_the_second_is_made() {
    for (app, seen) in stacks() {
        let server = http::Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(sink()));
        let (address, stopper) = (server.address(), server.stopper());
        let thread = thread::spawn(move || server.serve(app));
        talk(address, &seen);
        stopper.stop();
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn so_it_is_over_tiny_http() {
    for (app, seen) in stacks() {
        let server = server::Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(sink()));
        let (address, stopper) = (server.address(), server.stopper());
        let thread = thread::spawn(move || server.serve(app));
        talk(address, &seen);
        stopper.stop();
        thread.join().unwrap().unwrap();
    }
}
