//! Clients that cost a server as much as they can, and us little: all
//! of them in one thread, on sockets that never block.

use socket2::{Domain, Socket, Type};
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many there are of each kind.
#[derive(Clone, Copy)]
pub struct Size {
    /// They post a body that has no end in our time, slowly.
    pub posts: usize,
    /// They read an answer that has none, slowly.
    pub reads: usize,
    /// They send line breaks as fast as they may.
    pub breaks: usize,
    /// They say nothing.
    pub silent: usize,
}

/// What has become of them.
#[derive(Debug, Default)]
pub struct Seen {
    /// Those that the server has not borne.
    pub cut: usize,
    /// How often those with line breaks were thrown out.
    pub thrown_out: usize,
}

/// How many bytes a slow client sends or reads, once a second.
const PACE: usize = 1100;

#[derive(Clone, Copy)]
enum Kind {
    Posts,
    Reads,
    /// Half of them go when they are told to, and half only when
    /// nothing can be sent any more.
    Breaks {
        listens: bool,
    },
    Silent,
}

struct Client {
    kind: Kind,
    stream: TcpStream,
}

impl Client {
    fn new(address: SocketAddr, kind: Kind) -> Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            None,
        )?;
        if let Kind::Reads = kind {
            // It is the line that is slow, and not a program behind a
            // system that takes much at once, and then nothing for long.
            socket.set_recv_buffer_size(4096)?;
        }
        socket.connect(&address.into())?;
        let mut stream = TcpStream::from(socket);
        match kind {
            Kind::Posts => stream.write_all(POST)?,
            Kind::Reads => stream.write_all(READ)?,
            Kind::Breaks { .. } | Kind::Silent => {}
        }
        stream.set_nonblocking(true)?;
        Ok(Self { kind, stream })
    }

    /// Does its part; tells whether it is still welcome.
    fn go_on(&mut self) -> bool {
        let mut block = [0; PACE];
        match self.kind {
            Kind::Posts => {
                // An answer would be too early.
                is_pending(self.stream.read(&mut block))
                    && is_open(self.stream.write(&[b'x'; PACE]))
            }
            Kind::Reads => is_open(self.stream.read(&mut block)),
            Kind::Breaks { listens } => {
                (!listens || is_open(self.stream.read(&mut block)))
                    && is_open(self.stream.write(&BREAKS))
            }
            Kind::Silent => is_pending(self.stream.read(&mut block)),
        }
    }
}

const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\n\
    Content-Length: 1000000000\r\n\r\n";

const READ: &[u8] = b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n";

static BREAKS: [u8; 4096] = {
    let mut bytes = [b'\r'; 4096];
    let mut at = 1;
    while at < bytes.len() {
        bytes[at] = b'\n';
        at += 2;
    }
    bytes
};

fn is_pending(done: Result<usize>) -> bool {
    done.is_err_and(|e| e.kind() == ErrorKind::WouldBlock)
}

fn is_open(done: Result<usize>) -> bool {
    matches!(done, Ok(1..)) || is_pending(done)
}

/// They all come at once, and stay until they are told to go.
pub fn crowd(
    address: SocketAddr,
    size: Size,
    is_over: &AtomicBool,
) -> Seen {
    let mut seen = Seen::default();
    let come = |kind, count| {
        let one = move || Client::new(address, kind).expect("comes");
        std::iter::repeat_with(one).take(count)
    };
    let mut slow: Vec<_> = come(Kind::Posts, size.posts)
        .chain(come(Kind::Reads, size.reads))
        .chain(come(Kind::Silent, size.silent))
        .collect();
    let half = size.breaks / 2;
    let mut breaks: Vec<_> = come(Kind::Breaks { listens: true }, half)
        .chain(come(
            Kind::Breaks { listens: false },
            size.breaks - half,
        ))
        .collect();
    let start = Instant::now();
    let mut done = 0;
    while !is_over.load(Ordering::Relaxed) {
        // Each has its moment in each second.
        let due = start.elapsed().as_secs_f64() * slow.len() as f64;
        let begun = Instant::now();
        while done < due as usize {
            let at = done % slow.len();
            if !slow[at].go_on() {
                seen.cut += 1;
                come_back(address, &mut slow[at]);
            }
            done += 1;
        }
        for client in &mut breaks {
            if !client.go_on() {
                seen.thrown_out += 1;
                come_back(address, client);
            }
        }
        if begun.elapsed() < Duration::from_micros(200) {
            thread::sleep(Duration::from_millis(1));
        }
    }
    seen
}

fn come_back(address: SocketAddr, client: &mut Client) {
    // Perhaps there is no free port: then the old one tries again.
    if let Ok(new) = Client::new(address, client.kind) {
        *client = new;
    }
}
