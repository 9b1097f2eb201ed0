//! A client that reads while it sends.

use crate::http::Answer;
use crate::process::LIMIT;
use crate::requests::{Part, Request};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

impl Request {
    /// Sends the request, and returns an answer for each part of it.
    pub fn ask(&self, address: SocketAddr, mount: &str) -> Vec<Answer> {
        let parts: Vec<Vec<u8>> =
            self.parts.iter().map(|part| part.bytes(mount)).collect();
        let received = exchange(address, &parts.concat(), &self.name);
        let mut rest = &received[..];
        let mut answers = Vec::new();
        for part in &self.parts {
            let mut answer = Answer::parse(&part.bytes(mount), rest);
            rest = &rest[rest.len() - answer.rest.len()..];
            if answers.len() + 1 < self.parts.len() {
                answer.rest.clear();
            }
            answers.push(answer);
        }
        answers
    }
}

impl Part {
    fn bytes(&self, mount: &str) -> Vec<u8> {
        let line = match &*self.target {
            "*" => format!("{} * {}", self.method, self.version),
            target => {
                let path = target.strip_prefix("http://example.com");
                let (host, path) = match path {
                    Some(path) => ("http://example.com", path),
                    None => ("", target),
                };
                let Part { method, version, .. } = self;
                format!("{method} {host}{mount}{path} {version}")
            }
        };
        let mut bytes = line.into_bytes();
        for field in &self.fields {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(field);
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Sends the bytes, and returns what comes until the server closes.
fn exchange(address: SocketAddr, bytes: &[u8], name: &str) -> Vec<u8> {
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
