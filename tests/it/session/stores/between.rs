//! What can come between a store and its Redis server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

/// What a connection does when it is told to make a change.
#[derive(Clone, Copy, PartialEq)]
pub enum Cut {
    Never,
    /// The server is not told.
    Before,
    /// The server's answer is lost.
    After,
}

/// Goes between a store and a server, and cuts connections. What is
/// said to it is in one write, and the answer is short.
pub struct Between {
    pub url: String,
    cut: Arc<Mutex<Cut>>,
}

impl Between {
    pub fn new(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cut = Arc::new(Mutex::new(Cut::Never));
        let shared = cut.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = UnixStream::connect(&socket).unwrap();
                let cut = shared.clone();
                thread::spawn(move || {
                    pass(client.unwrap(), server, cut)
                });
            }
        });
        let url = format!("redis://user:secret@{address}");
        Self { url, cut }
    }

    pub fn set(&self, cut: Cut) {
        *self.cut.lock().unwrap() = cut;
    }
}

fn pass(client: TcpStream, server: UnixStream, cut: Arc<Mutex<Cut>>) {
    let (mut from, mut to) = (client, server);
    let mut back = (to.try_clone().unwrap(), from.try_clone().unwrap());
    let is_lost = Arc::new(Mutex::new(false));
    let lost = is_lost.clone();
    let answers = thread::spawn(move || {
        let mut bytes = [0; 65536];
        while let Ok(n @ 1..) = back.0.read(&mut bytes) {
            if *lost.lock().unwrap() {
                break;
            }
            let _ = back.1.write_all(&bytes[..n]);
        }
        let _ = back.1.shutdown(Shutdown::Both);
    });
    let mut bytes = [0; 65536];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        let is_change = bytes[..n].windows(4).any(|w| w == b"EXEC");
        match *cut.lock().unwrap() {
            Cut::Before if is_change => break,
            Cut::After if is_change => *is_lost.lock().unwrap() = true,
            _ => {}
        }
        to.write_all(&bytes[..n]).unwrap();
    }
    let _ = to.shutdown(Shutdown::Both);
    answers.join().unwrap();
}
