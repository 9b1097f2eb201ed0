//! A client: it sends as much of a body as it is told to, and reads as
//! much of the answer.

use crate::fastcgi::{Stdin, Stdout, begin};
use crate::process::{LONG, Server};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

pub struct Client {
    pub stream: TcpStream,
    is_fastcgi: bool,
}

impl Client {
    /// Sends the head of a request, whose body will be so long.
    pub fn ask(server: &Server, path: &str, length: u64) -> Self {
        let mut stream =
            TcpStream::connect(server.address).expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("an option");
        let method = if length > 0 { "POST" } else { "GET" };
        let is_fastcgi = server.is_fastcgi;
        let head = match is_fastcgi {
            true => begin(method, path, length),
            false => format!(
                "{method} {path} HTTP/1.1\r\nHost: a\r\n\
                 Connection: close\r\nContent-Length: {length}\r\n\r\n"
            )
            .into_bytes(),
        };
        stream.write_all(&head).expect("is sent");
        Self { stream, is_fastcgi }
    }

    /// Where the request's body goes.
    pub fn upload(&self) -> Box<dyn Write + Send> {
        let stream = self.stream.try_clone().expect("a handle");
        match self.is_fastcgi {
            true => Box::new(Stdin(stream)),
            false => Box::new(stream),
        }
    }

    /// The answer's head, and its body.
    pub fn answer(&self) -> (String, Box<dyn Read + Send>) {
        let stream = self.stream.try_clone().expect("a handle");
        let stream: Box<dyn Read + Send> = match self.is_fastcgi {
            true => Box::new(Stdout::new(stream)),
            false => Box::new(stream),
        };
        let mut stream = BufReader::new(stream);
        let (mut head, mut at) = (String::new(), 0);
        while !matches!(&head[at..], "\r\n") {
            at = head.len();
            let length = stream.read_line(&mut head).expect("a line");
            assert!(length > 0, "the head's end: {head:?}");
        }
        let head = head.to_ascii_lowercase();
        let is_chunked =
            head.contains("\r\ntransfer-encoding: chunked");
        match is_chunked {
            true => (head, Box::new(Chunks { stream, left: 0 })),
            false => (head, Box::new(stream)),
        }
    }

    /// Status and body of an answer that ends well.
    pub fn whole(&self) -> (String, String) {
        let (head, body) = self.answer();
        let body = io::read_to_string(body).expect("a whole body");
        let status = head.split_whitespace().nth(1);
        (status.unwrap_or_default().to_string(), body)
    }
}

/// A body in chunks.
struct Chunks<R> {
    stream: R,
    left: u64,
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim(), 16);
            self.left = size.map_err(io::Error::other)?;
            if self.left == 0 {
                return Ok(0);
            }
        }
        let length = to.len().min(self.left as usize);
        let length = self.stream.read(&mut to[..length])?;
        self.left -= length as u64;
        match (length, self.left) {
            (0, _) => return Err(io::ErrorKind::UnexpectedEof.into()),
            (_, 0) => self.stream.read_exact(&mut [0; 2])?,
            _ => {}
        }
        Ok(length)
    }
}
