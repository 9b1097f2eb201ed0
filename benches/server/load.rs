//! The load: clients that ask, wait for the answer, and ask again.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

pub struct Load {
    pub page: &'static str,
    pub connections: usize,
    pub time: Duration,
}

#[derive(Clone)]
pub struct Sample {
    pub rate: f64,
    /// In microseconds.
    pub p50: f64,
    pub p99: f64,
    /// Connections that got any answer.
    pub served: usize,
}

impl Load {
    pub fn run(&self, server: SocketAddr) -> Sample {
        let client = |_| Client::new(server, self.page);
        let clients: Vec<Client> =
            (0..self.connections).filter_map(client).collect();
        let served = clients.len();
        let mut times = run(clients, self.time);
        times.sort_unstable();
        let part = |part: usize| {
            let at = times.len() * part / 100;
            times.get(at).map_or(f64::NAN, |&t| f64::from(t) / 1000.0)
        };
        Sample {
            rate: times.len() as f64 / self.time.as_secs_f64(),
            p50: part(50),
            p99: part(99),
            served,
        }
    }
}

/// A thread for each half of the clients: one for each client would
/// cost more than the servers do.
fn run(mut clients: Vec<Client>, time: Duration) -> Vec<u32> {
    let half = clients.len().div_ceil(2).max(1);
    let end = Instant::now() + time;
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .chunks_mut(half)
            .map(|clients| {
                scope.spawn(move || take_turns(clients, end))
            })
            .collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    })
}

/// All ask, and then all read.
fn take_turns(clients: &mut [Client], end: Instant) -> Vec<u32> {
    let mut times = Vec::with_capacity(1 << 16);
    while Instant::now() < end {
        for client in &mut *clients {
            client.send().expect("a connection");
        }
        for client in &mut *clients {
            client.receive().expect("an answer");
            times.push(client.sent.elapsed().as_nanos() as u32);
        }
    }
    times
}

/// Sends so many requests in all, over 16 connections.
pub fn requests(server: SocketAddr, page: &str, count: usize) {
    const CLIENTS: usize = 16;
    let client = |_| Client::new(server, page);
    let mut clients: Vec<Client> =
        (0..CLIENTS).filter_map(client).collect();
    for _ in 0..count / CLIENTS {
        for client in &mut clients {
            client.send().expect("a connection");
        }
        for client in &mut clients {
            client.receive().expect("an answer");
        }
    }
}

/// Sees that a page is what it should be.
///
/// # Panics
///
/// It is not.
pub fn check(server: SocketAddr, page: &str, body: &str) {
    let mut answer = Vec::new();
    let mut client = Client::waiting(server, page);
    let sent = client.send();
    let read = sent.and_then(|()| {
        read_answer(client.stream.as_mut().expect("sent"), &mut answer)
    });
    let answer = String::from_utf8_lossy(&answer);
    assert!(read.is_ok(), "{page} of {server}: {read:?}");
    assert_eq!(answer, body, "{page} of {server}");
}

struct Client {
    server: SocketAddr,
    request: String,
    stream: Option<BufReader<TcpStream>>,
    sent: Instant,
}

impl Client {
    /// A client that asks for a page as curl does; `None` if it is
    /// not answered.
    fn new(server: SocketAddr, page: &str) -> Option<Self> {
        let mut client = Self::waiting(server, page);
        // At once, so that each is alone: of a crowd that comes at the
        // same time tiny_http leaves some without an answer.
        client.send().and_then(|()| client.receive()).ok()?;
        Some(client)
    }

    /// One that has not asked yet.
    fn waiting(server: SocketAddr, page: &str) -> Self {
        let request = format!(
            "GET {page} HTTP/1.1\r\nHost: {server}\r\n\
             User-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n"
        );
        let sent = Instant::now();
        Self { server, request, stream: None, sent }
    }

    /// Sends a request; connects first where the server has closed.
    fn send(&mut self) -> io::Result<()> {
        self.sent = Instant::now();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.server)?,
        };
        stream.get_mut().write_all(self.request.as_bytes())?;
        self.stream = Some(stream);
        Ok(())
    }

    fn receive(&mut self) -> io::Result<()> {
        let stream = self.stream.as_mut().expect("has sent");
        if !read_answer(stream, &mut io::sink())? {
            self.stream = None;
        }
        Ok(())
    }
}

fn connect(server: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    Ok(BufReader::with_capacity(1 << 14, stream))
}

/// Reads an answer to its end; does the server keep the connection?
fn read_answer(
    stream: &mut impl BufRead,
    body: &mut impl Write,
) -> io::Result<bool> {
    let (mut length, mut keep, mut line) = (0, true, String::new());
    stream.read_line(&mut line)?;
    assert!(line.contains(" 200 "), "{line:?}");
    keep &= line.starts_with("HTTP/1.1");
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ")
        else {
            break;
        };
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("Content-Length") {
            length = value.parse().expect("a length");
        } else if is("Connection") {
            keep &= !value.eq_ignore_ascii_case("close");
        }
    }
    io::copy(&mut stream.take(length), body)?;
    Ok(keep)
}
