//! Requests as bytes, and the answers to them.

use crate::exchange::exchange;
use crate::http::Answer;
use crate::requests::{Part, Request};
use std::net::SocketAddr;

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
