//! An HTTP client that sends bytes as they are and repairs nothing of
//! what comes back.

#[path = "answer.rs"]
mod answer;

pub use answer::Answer;

use crate::process::LIMIT;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// Sends a request, says that this was all, and returns what comes
/// until the server closes the connection.
pub fn send(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let stream = sent(address, request);
    let _ = stream.shutdown(Shutdown::Write);
    received(stream, request)
}

/// The same, without saying that this was all. To nginx that would mean
/// that the client has gone.
pub fn send_and_stay(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    received(sent(address, request), request)
}

fn sent(address: SocketAddr, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    // A server may answer, and close, before it has read everything.
    let _ = stream.write_all(request);
    stream
}

fn received(mut stream: TcpStream, request: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => {
            let line = request.escape_ascii();
            panic!("{error} after {bytes:?}, the answer to {line}")
        }
        _ => bytes,
    }
}
