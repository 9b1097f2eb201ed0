//! A client that reads while it sends.

use crate::process::LIMIT;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

/// Sends the bytes, and returns what comes until the server closes.
pub fn exchange(
    address: SocketAddr,
    bytes: &[u8],
    name: &str,
) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    let mut received = Vec::new();
    thread::scope(|scope| {
        let mut half = stream.try_clone().unwrap();
        // A server may answer, and close, before it has read all.
        scope.spawn(move || half.write_all(bytes));
        match stream.read_to_end(&mut received) {
            Err(e) if e.kind() != ErrorKind::ConnectionReset => {
                panic!("{name}: {e} at {address}")
            }
            _ => received,
        }
    })
}
