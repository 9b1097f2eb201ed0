//! Sends a request of the table, and tells what came back.

use super::requests::{Request, Then};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const AFTER: &str =
    "GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// How long a client waits for a byte; and where none is expected.
pub const PATIENCE: Duration = Duration::from_secs(10);
const IMPATIENCE: Duration = Duration::from_millis(300);

/// What a server does with a request, in the table's notation.
pub fn observe(server: SocketAddr, request: &Request) -> String {
    let is_silent =
        request.debt.as_ref().is_some_and(|d| d.instead.ends_with('.'));
    observe_for(
        server,
        request,
        match is_silent {
            true => IMPATIENCE,
            false => PATIENCE,
        },
    )
}

/// The same, for a server that waits for nobody.
pub fn observe_for(
    server: SocketAddr,
    request: &Request,
    patience: Duration,
) -> String {
    match exchange(server, request, patience) {
        Ok((bytes, end)) => {
            let mut seen = statuses(&bytes);
            seen.extend(end.map(String::from));
            seen.join(" ")
        }
        Err(error) => format!("no connection: {error}"),
    }
}

/// What came, and `...` if the connection is open still.
pub type Seen = (Vec<u8>, Option<&'static str>);

/// Sends the request, and what comes after it.
///
/// # Errors
///
/// There is no connection; or nothing comes that has to come first.
pub fn exchange(
    server: SocketAddr,
    request: &Request,
    patience: Duration,
) -> io::Result<Seen> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut bytes = request.bytes();
    if request.then == Then::Ask {
        bytes.extend(AFTER.bytes());
    }
    // A server may refuse before it has read all.
    let _ = stream.write_all(&bytes);
    let mut seen = Vec::new();
    match request.then {
        Then::Ask | Then::Wait => {}
        Then::HalfClose => stream.shutdown(Shutdown::Write)?,
        Then::Send(text) => {
            let mut first = [0; 1 << 12];
            let read = stream.read(&mut first)?;
            seen.extend_from_slice(&first[..read]);
            // It may have answered, and closed.
            let rest = [text.as_bytes(), AFTER.as_bytes()].concat();
            let _ = stream.write_all(&rest);
        }
        Then::Close => return Ok((seen, None)),
        Then::Reset => {
            // When one that came later has its answer, this connection
            // has been accepted. tiny_http loses a thread to one that
            // was reset before (it unwraps the client's address).
            let mut later = TcpStream::connect(server)?;
            later.set_read_timeout(Some(patience))?;
            later.write_all(AFTER.as_bytes())?;
            later.read_to_end(&mut Vec::new())?;
            let socket = socket2::SockRef::from(&stream);
            socket.set_linger(Some(Duration::ZERO))?;
            return Ok((seen, None));
        }
    }
    let end = match read(&mut stream, &mut seen) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => Some("..."),
        // A reset closes the connection too.
        _ => None,
    };
    Ok((seen, end))
}

/// Reads to the end, but no endless answer.
fn read(stream: &mut TcpStream, seen: &mut Vec<u8>) -> io::Result<()> {
    let end = Instant::now() + MOST;
    let mut block = [0; 1 << 14];
    while seen.len() < ENOUGH {
        if Instant::now() > end {
            return Err(ErrorKind::WouldBlock.into());
        }
        match stream.read(&mut block)? {
            0 => break,
            length => seen.extend_from_slice(&block[..length]),
        }
    }
    Ok(())
}

/// How long answers are read, in time and in bytes.
const MOST: Duration = Duration::from_secs(20);
const ENOUGH: usize = 1 << 20;

fn statuses(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let answers = text.split("HTTP/1.").skip(1);
    answers
        .map(|answer| {
            let status = answer[2..5].to_string();
            let is_wrong = status.starts_with('1') || status == "204";
            match is_wrong && answer.contains("Content-Length") {
                true => status + "!",
                false => status,
            }
        })
        .collect()
}
