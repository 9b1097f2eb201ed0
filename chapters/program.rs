//! A program of a chapter in a process of its own, and a client.
#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../tests/bound/mod.rs"]
mod bound;

pub use bound::bound;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Long enough for a busy machine; reached only by a failure.
pub const LIMIT: Duration = Duration::from_secs(10);

/// A server, ended with this value.
pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

impl Program {
    /// Starts it, and waits until it says where it serves.
    pub fn serving(command: &mut Command, scheme: &str) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.as_mut().unwrap());
        stdout.read_line(&mut line).unwrap();
        let start = format!("Serving at {scheme}://");
        let address = line.trim().strip_prefix(&start);
        let address = address.expect(&line).parse().unwrap();
        Self { child, address }
    }

    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Reads one answer that has a Content-Length.
pub fn read_answer(stream: &mut impl BufRead) {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    stream.read_exact(&mut vec![0; length]).unwrap();
}
