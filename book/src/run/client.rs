//! A client, for requests of any bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The most of an answer that is read, in bytes.
pub const LIMIT: usize = 1 << 20;

/// What came, until the connection ended or something else did.
#[derive(Debug)]
pub struct Answer {
    pub bytes: Vec<u8>,
    pub end: End,
    /// When the first byte of the request was sent.
    pub sent: Instant,
    /// The time from there to the end.
    pub took: Duration,
    /// When something came, and how much.
    pub reads: Vec<(Instant, usize)>,
}

impl Answer {
    /// Something's time, in milliseconds since the request was sent.
    pub fn ms(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.sent).as_secs_f64() * 1000.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The connection's; a server that died has ended it, too.
    Closed,
    /// That of the time for it.
    Late,
    /// That of the room for it.
    Full,
}

/// Sends the bytes and nothing after them. Whatever comes then, until
/// the connection ends, is the answer; it may be none, or several.
pub fn send(
    stream: &TcpStream,
    request: &[u8],
    limit: Duration,
) -> io::Result<Answer> {
    let sent = Instant::now();
    let until = sent + limit;
    // A server may close before it has read everything.
    let _ = write(stream, request, until);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Answer {
        bytes: Vec::new(),
        end: End::Closed,
        sent,
        took: Duration::ZERO,
        reads: Vec::new(),
    };
    answer.end = read(stream, until, &mut answer)?;
    answer.took = sent.elapsed();
    Ok(answer)
}

fn write(
    mut stream: &TcpStream,
    mut rest: &[u8],
    until: Instant,
) -> io::Result<()> {
    while !rest.is_empty()
        && let Some(left) = left(until)
    {
        stream.set_write_timeout(Some(left))?;
        let length = stream.write(rest)?;
        rest = &rest[length..];
    }
    Ok(())
}

fn read(
    mut stream: &TcpStream,
    until: Instant,
    Answer { bytes, reads, .. }: &mut Answer,
) -> io::Result<End> {
    let mut block = [0; 8192];
    loop {
        let Some(left) = left(until) else { return Ok(End::Late) };
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut block) {
            Ok(0) => return Ok(End::Closed),
            Ok(length) => {
                reads.push((Instant::now(), length));
                bytes.extend_from_slice(&block[..length]);
            }
            Err(e) => match e.kind() {
                ErrorKind::ConnectionReset => return Ok(End::Closed),
                ErrorKind::WouldBlock
                | ErrorKind::TimedOut
                | ErrorKind::Interrupted => {}
                _ => return Err(e),
            },
        }
        if bytes.len() > LIMIT {
            bytes.truncate(LIMIT);
            return Ok(End::Full);
        }
    }
}

/// `None` when there is no time left, which as a timeout is illegal.
fn left(until: Instant) -> Option<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// What comes from a server that does this with a connection.
    fn answer(
        limit: Duration,
        serve: impl FnOnce(TcpStream) + Send,
    ) -> Answer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::scope(|scope| {
            scope.spawn(move || serve(listener.accept().unwrap().0));
            let stream = TcpStream::connect(address).unwrap();
            send(&stream, b"request", limit).unwrap()
        })
    }

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn the_answer_ends_with_the_connection() {
        let answer = answer(SOON, |mut stream| {
            let mut request = String::new();
            // It ends, so nothing comes behind the request.
            stream.read_to_string(&mut request).unwrap();
            write!(stream, "{request}: 0\r\n\r\nmore").unwrap();
        });
        assert_eq!(answer.bytes, b"request: 0\r\n\r\nmore");
        assert_eq!(answer.end, End::Closed);
    }

    #[test]
    fn who_does_not_come_to_an_end_is_late() {
        let limit = Duration::from_millis(100);
        let answer = answer(limit, |mut stream| {
            // A byte now and then buys no time.
            for _ in 0..500 {
                if stream.write_all(b".").is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(10));
            }
        });
        assert!(answer.bytes.starts_with(b"."));
        assert_eq!(answer.end, End::Late);
    }

    #[test]
    fn an_answer_without_end_is_cut() {
        let answer = answer(SOON, |mut stream| {
            while stream.write_all(&[b'x'; 8192]).is_ok() {}
        });
        assert_eq!(answer.bytes.len(), LIMIT);
        assert_eq!(answer.end, End::Full);
    }

    #[test]
    fn a_request_that_nobody_reads_has_a_limit() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).unwrap();
        let request = vec![0; 64 << 20];
        let limit = Duration::from_millis(100);
        let answer = send(&stream, &request, limit).unwrap();
        assert_eq!(answer.end, End::Late);
    }
}
