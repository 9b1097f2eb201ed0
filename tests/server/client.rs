//! A client that keeps its connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn new(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("a server");
        let client = Self(BufReader::new(stream));
        client.set_patience(Duration::from_secs(30));
        client
    }

    /// How long it waits for a byte.
    pub fn set_patience(&self, limit: Duration) {
        let stream = self.0.get_ref();
        stream.set_read_timeout(Some(limit)).expect("an option");
    }

    pub fn send(&mut self, bytes: &[u8]) {
        let sent = self.0.get_mut().write_all(bytes);
        sent.expect("a connection");
    }

    pub fn get(&mut self, path: &str) -> io::Result<String> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        self.send(head.as_bytes());
        self.answer()
    }

    /// Status line and body of an answer with a Content-Length.
    pub fn answer(&mut self) -> io::Result<String> {
        let mut text = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line == "\r\n" {
                break;
            }
            if let Some(n) = line.strip_prefix("Content-Length: ") {
                length = n.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        text.push_str(&String::from_utf8_lossy(&body));
        Ok(text)
    }

    pub fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    /// Has nothing come since the last answer?
    pub fn is_empty(&self) -> bool {
        self.0.buffer().is_empty()
    }

    /// The number of bytes until the server closes.
    pub fn skip_to_end(mut self) -> u64 {
        io::copy(&mut self.0, &mut io::sink()).expect("an answer")
    }
}
