//! As much of FastCGI as a web server speaks.

use std::io::{self, Read, Write};
use std::net::TcpStream;

const BEGIN: u8 = 1;
const END: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("fits");
    let [l, n] = length.to_be_bytes();
    [&[1, kind, 0, 1, l, n, 0, 0], content].concat()
}

/// A request up to its body.
pub fn begin(method: &str, path: &str, length: u64) -> Vec<u8> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let pairs = [
        ("REQUEST_METHOD", method),
        ("SCRIPT_NAME", ""),
        ("PATH_INFO", path),
        ("REQUEST_URI", path),
        ("QUERY_STRING", query),
        ("SERVER_NAME", "a"),
        ("SERVER_PORT", "80"),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("CONTENT_LENGTH", &length.to_string()),
    ];
    let mut params = Vec::new();
    for (name, value) in pairs {
        params.extend([name.len() as u8, value.len() as u8]);
        params.extend([name, value].concat().into_bytes());
    }
    let begin = record(BEGIN, &[0, 1, 0, 0, 0, 0, 0, 0]);
    let mut all =
        [begin, record(PARAMS, &params), record(PARAMS, b"")].concat();
    if length == 0 {
        all.extend(record(STDIN, b""));
    }
    all
}

/// A request's body.
pub struct Stdin(pub TcpStream);

impl Write for Stdin {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(65_000)];
        self.0.write_all(&record(STDIN, bytes))?;
        Ok(bytes.len())
    }

    /// Ends it.
    fn flush(&mut self) -> io::Result<()> {
        self.0.write_all(&record(STDIN, b""))
    }
}

/// An answer.
pub struct Stdout {
    stream: io::BufReader<TcpStream>,
    left: usize,
    padding: usize,
}

impl Stdout {
    pub fn new(stream: TcpStream) -> Self {
        let stream = io::BufReader::new(stream);
        Self { stream, left: 0, padding: 0 }
    }
}

impl Read for Stdout {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let mut head = vec![0; self.padding + 8];
            self.stream.read_exact(&mut head)?;
            let [_, kind, _, _, l, n, padding, _] =
                head[self.padding..]
            else {
                unreachable!("eight bytes");
            };
            self.left = u16::from_be_bytes([l, n]).into();
            self.padding = padding.into();
            match kind {
                STDOUT => {}
                END => return Ok(0),
                kind => {
                    let mut text = vec![0; self.left];
                    self.stream.read_exact(&mut text)?;
                    let text = String::from_utf8_lossy(&text);
                    panic!("a record of kind {kind}: {text}");
                }
            }
        }
        let length = to.len().min(self.left);
        let length = self.stream.read(&mut to[..length])?;
        self.left -= length;
        Ok(length)
    }
}
