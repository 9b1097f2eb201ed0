//! A client that sends bytes, and reads an answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names are in lower case; sorted.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The values of all headers of a name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let headers = self.headers.iter().filter(|(n, _)| n == name);
        headers.map(|(_, value)| &**value).collect()
    }
}

pub fn connect(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).expect("a connection");
    let long = Some(Duration::from_secs(20));
    stream.set_read_timeout(long).expect("an option");
    BufReader::new(stream)
}

/// Sends a request on a connection of its own.
pub fn ask(address: SocketAddr, request: &str) -> Answer {
    ask_on(&mut connect(address), request.as_bytes())
}

/// A GET for a target, of 1.1.
pub fn get(address: SocketAddr, target: &str) -> Answer {
    ask(
        address,
        &format!("GET {target} HTTP/1.1\r\nHost: example.org\r\n\r\n"),
    )
}

pub fn ask_on(
    stream: &mut BufReader<TcpStream>,
    request: &[u8],
) -> Answer {
    stream.get_mut().write_all(request).expect("is sent");
    read(stream, request.starts_with(b"HEAD")).expect("an answer")
}

/// Reads an answer to its end.
pub fn read(
    stream: &mut BufReader<TcpStream>,
    is_head: bool,
) -> io::Result<Answer> {
    let status = line(stream)?;
    let code = status.split(' ').nth(1).and_then(|c| c.parse().ok());
    let status = code.ok_or_else(|| io::Error::other(status))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_string()));
    }
    headers.sort();
    let of = |name: &str| {
        let found = headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.clone())
    };
    let mut body = Vec::new();
    if is_head || matches!(status, 100..200 | 204 | 304) {
    } else if of("transfer-encoding").is_some() {
        while let size @ 1.. = chunk(&line(stream)?)? {
            let from = body.len();
            body.resize(from + size, 0);
            stream.read_exact(&mut body[from..])?;
            line(stream)?;
        }
        line(stream)?;
    } else if let Some(length) = of("content-length") {
        body.resize(length.parse().expect("a length"), 0);
        stream.read_exact(&mut body)?;
    } else {
        stream.read_to_end(&mut body)?;
    }
    Ok(Answer { status, headers, body })
}

fn chunk(line: &str) -> io::Result<usize> {
    usize::from_str_radix(line, 16).map_err(io::Error::other)
}

/// A line in Latin-1, without its end.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    stream.read_until(b'\n', &mut bytes)?;
    let text: String = bytes.iter().map(|&b| char::from(b)).collect();
    match text.strip_suffix("\r\n") {
        Some(line) => Ok(line.into()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
