//! A connection: what has come in, and what goes out.

use super::Limits;
use super::chunks::{Chunks, Piece};
use super::socket::{Patience, Socket};
use super::worker::Request;
use crate::Failure;
use crate::exchange::End;
use crate::input::too_late;
use crate::request_head::{FIELDS_LIMIT, RequestBody, TARGET_LIMIT};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

pub(crate) struct Connection {
    /// Among those that wait.
    pub(crate) place: usize,
    pub(crate) socket: Socket,
    pub(crate) peer: Option<SocketAddr>,
    inbound: Mutex<Inbound>,
}

/// What a connection has brought.
pub(crate) struct Inbound {
    /// What was read and is not used yet.
    buffer: Vec<u8>,
    /// How far the buffer was searched for the end of a head.
    searched: usize,
    /// When the client's time is up.
    until: Instant,
    /// How many requests there were. An input that was kept for too
    /// long is known by it.
    requests: u64,
    body: Body,
    expects: Expects,
    patience: Patience,
    is_leaving: bool,
}

/// What is still to come of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Length(u64),
    Chunked(Chunks),
    /// Nobody knows where it ends.
    Broken,
}

/// What the client waits for before it sends the body (RFC 9110,
/// section 10.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Nothing,
    Continue,
    /// `100 Continue`, but the answer has begun, and it is too late.
    Answered,
}

/// What has come, for somebody who cannot wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// A request's head, of this length.
    Head(usize),
    /// Not enough; nothing more is to be had now. The client has until
    /// then.
    Nothing(Instant),
    /// Some bytes that nobody wants.
    Waste,
    /// No more: the connection is to be closed.
    End,
}

/// The longest head, in bytes: its parts, and what is around them.
const HEAD_LIMIT: usize = TARGET_LIMIT + FIELDS_LIMIT + 1024;

/// How much is read at a time, in bytes.
const BLOCK: usize = 8192;

/// The most that is read of a body that nobody wanted, in bytes. To
/// close is cheaper than to read more.
pub(crate) const SKIP_LIMIT: u64 = 64 * 1024;

/// How long a client has to read the last answer.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

impl Connection {
    pub(crate) fn new(
        place: usize,
        socket: Socket,
        peer: Option<SocketAddr>,
        until: Instant,
    ) -> Self {
        let inbound = Inbound {
            buffer: Vec::new(),
            searched: 0,
            until,
            requests: 0,
            body: Body::Length(0),
            expects: Expects::Nothing,
            patience: Patience::new(Duration::ZERO),
            is_leaving: false,
        };
        Self { place, socket, peer, inbound: Mutex::new(inbound) }
    }

    pub(crate) fn inbound(&self) -> MutexGuard<'_, Inbound> {
        self.inbound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is there, without waiting.
    ///
    /// # Errors
    ///
    /// It is no head, nor can become one; or it comes too late.
    pub(crate) fn receive(
        &self,
        limits: &Limits,
    ) -> Result<Arrival, Failure> {
        self.inbound().receive(&self.socket, limits)
    }

    /// Ends a request, and tells what becomes of the connection.
    pub(crate) fn end(&self, limits: &Limits) -> End {
        match self.inbound().end(&self.socket, limits) {
            true => End::Keep,
            false => End::Close,
        }
    }

    /// Says goodbye: nothing more is sent, and what comes is thrown
    /// away. To close at once would make the client lose what it has
    /// not read yet (RFC 9112, section 9.6).
    pub(crate) fn leave(&self) {
        self.socket.finish();
        let mut inbound = self.inbound();
        inbound.buffer = Vec::new();
        inbound.searched = 0;
        inbound.requests += 1;
        inbound.is_leaving = true;
        inbound.until = Instant::now() + LEAVE_LIMIT;
    }
}

impl Inbound {
    fn receive(
        &mut self,
        socket: &Socket,
        limits: &Limits,
    ) -> Result<Arrival, Failure> {
        loop {
            if let Some(length) = self.find_head()? {
                return Ok(Arrival::Head(length));
            }
            let mut block = [0; BLOCK];
            match socket.read_now(&mut block) {
                Ok(0) => return Ok(Arrival::End),
                Ok(_) if self.is_leaving => return Ok(self.waste()),
                Ok(length) => self.keep(&block[..length], limits),
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    return self.nothing();
                }
                Err(_) => return Ok(Arrival::End),
            }
        }
    }

    fn keep(&mut self, block: &[u8], limits: &Limits) {
        if self.buffer.is_empty() {
            self.until = Instant::now() + limits.head;
        }
        self.buffer.extend_from_slice(block);
    }

    fn nothing(&self) -> Result<Arrival, Failure> {
        if Instant::now() < self.until {
            return Ok(Arrival::Nothing(self.until));
        }
        match self.buffer.is_empty() {
            true => Ok(Arrival::End),
            false => Err(too_late()),
        }
    }

    fn waste(&self) -> Arrival {
        match Instant::now() < self.until {
            true => Arrival::Waste,
            false => Arrival::End,
        }
    }

    /// The length of the head at the start of the buffer, if all of it
    /// is there. What was searched is not searched again.
    fn find_head(&mut self) -> Result<Option<usize>, Failure> {
        // Some clients end a body with them (RFC 9112, section 2.2).
        while self.searched == 0 && self.buffer.starts_with(b"\r\n") {
            self.buffer.drain(..2);
        }
        loop {
            let rest = &self.buffer[self.searched..];
            let Some(end) = rest.iter().position(|&b| b == b'\n')
            else {
                break;
            };
            let line = &self.buffer[..self.searched + end];
            self.searched += end + 1;
            if line.ends_with(b"\n\r") {
                return Ok(Some(self.searched));
            }
            if !line.ends_with(b"\r") {
                let reason = "a line of the head ends without CR";
                return Err(Failure::bad_request(reason));
            }
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<Option<usize>, Failure> {
        let length = self.buffer.len();
        let status = match self.searched {
            0 if length > TARGET_LIMIT + 1024 => "414 URI Too Long",
            _ if length > HEAD_LIMIT => {
                "431 Request Header Fields Too Large"
            }
            _ => return Ok(None),
        };
        let reason = format!("{length} bytes and no end");
        Err(Failure::new(status, reason))
    }

    /// What was read and is not used yet.
    pub(crate) fn arrived(&self) -> &[u8] {
        &self.buffer
    }

    /// Goes on from a head to its body.
    pub(crate) fn begin(
        &mut self,
        length: usize,
        request: &Request,
        limits: &Limits,
    ) {
        self.buffer.drain(..length);
        self.searched = 0;
        self.body = match request.body {
            RequestBody::Length(length) => Body::Length(length),
            RequestBody::Chunked => {
                Body::Chunked(Chunks::new(limits.body))
            }
        };
        self.expects = match request.expects {
            true => Expects::Continue,
            false => Expects::Nothing,
        };
        self.patience = Patience::new(limits.wait);
    }

    fn withhold_continue(&mut self) {
        if self.expects == Expects::Continue {
            self.expects = Expects::Answered;
        }
    }

    /// Ends a request, and tells whether another can follow it. What
    /// is left of the body is skipped.
    fn end(&mut self, socket: &Socket, limits: &Limits) -> bool {
        let is_whole = self.skip(socket);
        self.requests += 1;
        if self.buffer.capacity() > BLOCK && self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
        let next = match self.buffer.is_empty() {
            true => limits.idle,
            false => limits.head,
        };
        self.until = Instant::now() + next;
        is_whole
    }

    fn skip(&mut self, socket: &Socket) -> bool {
        match (&self.body, self.expects) {
            (Body::Length(0), _) => return true,
            (Body::Length(left), _) if *left > SKIP_LIMIT => {
                return false;
            }
            (_, Expects::Nothing) => {}
            // Whether the body will come, only the client knows.
            _ => return false,
        }
        let mut left = SKIP_LIMIT;
        let mut block = [0; BLOCK];
        loop {
            match self.read(socket, &mut block) {
                Ok(0) => return true,
                Ok(length) if length as u64 <= left => {
                    left -= length as u64;
                }
                _ => return false,
            }
        }
    }

    /// Reads from the body, and waits for it.
    fn read(
        &mut self,
        socket: &Socket,
        to: &mut [u8],
    ) -> io::Result<usize> {
        let read = match &self.body {
            Body::Length(0) => return Ok(0),
            _ if self.expects == Expects::Continue => {
                self.expects = Expects::Nothing;
                socket
                    .write(CONTINUE, &mut self.patience)
                    .and_then(|_| self.read_on(socket, to))
            }
            _ => self.read_on(socket, to),
        };
        read.map_err(|error| {
            self.body = Body::Broken;
            match error.kind() {
                ErrorKind::TimedOut => too_late().into(),
                _ => error,
            }
        })
    }

    fn read_on(
        &mut self,
        socket: &Socket,
        to: &mut [u8],
    ) -> io::Result<usize> {
        match self.body {
            Body::Length(left) => {
                let most = left.min(to.len() as u64) as usize;
                let length = self.take(socket, &mut to[..most])?;
                self.body = Body::Length(left - length as u64);
                Ok(length)
            }
            Body::Chunked(_) => self.read_chunks(socket, to),
            Body::Broken => Err(io::Error::other(BROKEN)),
        }
    }

    fn read_chunks(
        &mut self,
        socket: &Socket,
        to: &mut [u8],
    ) -> io::Result<usize> {
        loop {
            let Body::Chunked(chunks) = &mut self.body else {
                return Err(io::Error::other(BROKEN));
            };
            match chunks.next(&self.buffer, to.len())? {
                Piece::Body(length) => {
                    return self.take(socket, &mut to[..length]);
                }
                Piece::Around(length) => {
                    self.buffer.drain(..length);
                }
                Piece::Unknown => self.fill(socket)?,
                Piece::End => return Ok(0),
            }
        }
    }

    /// Takes bytes out of the buffer, or else from the socket.
    fn take(
        &mut self,
        socket: &Socket,
        to: &mut [u8],
    ) -> io::Result<usize> {
        if self.buffer.is_empty() {
            return match socket.read(to, &mut self.patience)? {
                0 => Err(self.cut().into()),
                length => Ok(length),
            };
        }
        let length = to.len().min(self.buffer.len());
        to[..length].copy_from_slice(&self.buffer[..length]);
        self.buffer.drain(..length);
        Ok(length)
    }

    fn fill(&mut self, socket: &Socket) -> io::Result<()> {
        let mut block = [0; BLOCK];
        match socket.read(&mut block, &mut self.patience)? {
            0 => Err(self.cut().into()),
            length => {
                self.buffer.extend_from_slice(&block[..length]);
                Ok(())
            }
        }
    }

    fn cut(&self) -> Failure {
        let early = match &self.body {
            Body::Length(left) => format!("{left} bytes early"),
            _ => "early".into(),
        };
        Failure::bad_request(format!("the request's body ends {early}"))
    }
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

const BROKEN: &str = "the request's body could not be read before";

const GONE: &str = "the request that this body belonged to is over";

/// `wsgi.input`, until the request is over.
pub(crate) struct Input {
    connection: Weak<Connection>,
    request: u64,
}

impl Input {
    pub(crate) fn new(connection: &Arc<Connection>) -> Self {
        let request = connection.inbound().requests;
        Self { connection: Arc::downgrade(connection), request }
    }
}

impl Read for Input {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Some(connection) = self.connection.upgrade() {
            let mut inbound = connection.inbound();
            if inbound.requests == self.request {
                return inbound.read(&connection.socket, to);
            }
        }
        Err(io::Error::other(GONE))
    }
}

/// Where the answer goes.
pub(crate) struct Out<'a> {
    connection: &'a Connection,
    patience: Patience,
    has_begun: bool,
}

impl<'a> Out<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        limits: &Limits,
    ) -> Self {
        let patience = Patience::new(limits.wait);
        Self { connection, patience, has_begun: false }
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.has_begun {
            self.has_begun = true;
            self.connection.inbound().withhold_continue();
        }
        self.connection.socket.write(bytes, &mut self.patience)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
