//! What a connection has brought: heads, and bodies behind them.

use super::chunks::{Chunks, Piece};
use crate::Failure;
use crate::request_head::{FIELDS_LIMIT, RequestBody, TARGET_LIMIT};
use crate::serving::{
    BLOCK, Buffer, Deadline, Limits, Next, Patience, Socket, within,
};
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Inbound {
    pub(crate) socket: Arc<Socket>,
    buffer: Buffer,
    /// How far they were searched for the end of a head.
    searched: usize,
    /// How many line breaks there were before a head.
    breaks: usize,
    /// Has a head begun?
    pub(crate) has_begun: bool,
    /// When the client's time is up.
    pub(crate) until: Deadline,
    body: Body,
    /// Was some of it read from the socket? There may be more, then.
    has_read: bool,
    patience: Patience,
}

/// What is still to come of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Length(u64),
    Chunked(Chunks),
    /// Nobody knows where it ends.
    Broken,
}

/// What has come, for somebody who cannot wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// A request's head, of this length.
    Head(usize),
    /// Not enough yet.
    Nothing,
    /// What will never make a request.
    End,
}

/// The longest first line of a head, in bytes.
const LINE_LIMIT: usize = TARGET_LIMIT + 1024;

/// The longest head, in bytes: its parts, and what is around them.
const HEAD_LIMIT: usize = TARGET_LIMIT + FIELDS_LIMIT + 1024;

/// The most that is read of a body that nobody wanted, in bytes. To
/// close is cheaper than to read more.
pub(crate) const SKIP_LIMIT: u64 = 64 * 1024;

/// How many line breaks may come before a head. Some clients end a body
/// with one (RFC 9112, section 2.2).
const BREAKS: usize = 8;

impl Inbound {
    pub(crate) fn new(
        socket: Arc<Socket>,
        until: Deadline,
        limits: &Limits,
    ) -> Self {
        Self {
            socket,
            buffer: Buffer::default(),
            searched: 0,
            breaks: 0,
            has_begun: false,
            until,
            body: Body::Length(0),
            has_read: false,
            patience: Patience::with_sender(limits.wait),
        }
    }

    /// What was read and is not used yet.
    pub(crate) fn arrived(&self) -> &[u8] {
        self.buffer.rest()
    }

    pub(crate) fn keep(&mut self, bytes: &[u8]) {
        self.buffer.keep(bytes);
    }

    /// What there is, without reading more.
    ///
    /// # Errors
    ///
    /// It is no head, nor can become one; or it comes too late.
    pub(crate) fn next(
        &mut self,
        limits: &Limits,
    ) -> Result<Arrival, Failure> {
        match self.skip(limits) {
            Ok(true) => {}
            Ok(false) => return Ok(Arrival::Nothing),
            Err(_) => return Ok(Arrival::End),
        }
        self.skip_breaks()?;
        if let Some(length) = self.find_head()? {
            return Ok(Arrival::Head(length));
        }
        let is_there = !matches!(self.arrived(), b"" | b"\r");
        if is_there && !self.has_begun {
            self.has_begun = true;
            self.until = within(limits.head);
        }
        Ok(Arrival::Nothing)
    }

    /// Skips what is left of a body that nobody wants, as far as it has
    /// come. Tells whether that was all. It has to come as steadily as
    /// if somebody read it.
    fn skip(&mut self, limits: &Limits) -> io::Result<bool> {
        if self.is_read() {
            return Ok(true);
        }
        while let Some(length @ 1..) = self.piece(usize::MAX)? {
            self.buffer.consume(length);
            let earned = Duration::from_millis(length as u64);
            let until = self.until.and_then(|u| u.checked_add(earned));
            self.until = until.min(within(limits.wait));
        }
        if self.is_read() {
            self.until = within(limits.idle);
        }
        Ok(self.is_read())
    }

    fn skip_breaks(&mut self) -> Result<(), Failure> {
        while self.searched == 0 && self.arrived().starts_with(b"\r\n")
        {
            self.buffer.consume(2);
            self.breaks += 1;
            if self.breaks > BREAKS {
                let reason = "line breaks, and no request";
                return Err(Failure::bad_request(reason));
            }
        }
        Ok(())
    }

    /// The length of the head at the start, if all of it is there. What
    /// was searched is not searched again.
    fn find_head(&mut self) -> Result<Option<usize>, Failure> {
        let bytes = self.buffer.rest();
        loop {
            // The same, however it comes.
            let (limit, status) = match self.searched {
                0 => (LINE_LIMIT, "414 URI Too Long"),
                _ => {
                    (HEAD_LIMIT, "431 Request Header Fields Too Large")
                }
            };
            let window = &bytes[..bytes.len().min(limit)];
            let mut rest = window[self.searched..].iter();
            let end = match rest.position(|&b| b == b'\n') {
                Some(end) => end,
                None if bytes.len() < limit => return Ok(None),
                None => {
                    let reason = format!("{limit} bytes and no end");
                    return Err(Failure::new(status, reason));
                }
            };
            let line = &bytes[..self.searched + end];
            self.searched += end + 1;
            if line.ends_with(b"\n\r") {
                return Ok(Some(self.searched));
            }
            if !line.ends_with(b"\r") {
                let reason = "a line of the head ends without CR";
                return Err(Failure::bad_request(reason));
            }
        }
    }

    /// Goes on from a head to its body.
    pub(crate) fn begin(
        &mut self,
        length: usize,
        body: RequestBody,
        limits: &Limits,
    ) {
        self.buffer.consume(length);
        (self.searched, self.breaks, self.has_begun) = (0, 0, false);
        self.body = match body {
            RequestBody::Length(length) => Body::Length(length),
            RequestBody::Chunked => {
                Body::Chunked(Chunks::new(limits.body))
            }
        };
        self.has_read = false;
        self.patience = Patience::with_sender(limits.wait);
    }

    /// Ends a request: what is left of its body has to come soon.
    pub(crate) fn end(&mut self, limits: &Limits) -> Next {
        self.until = match self.is_read() {
            true => within(limits.idle),
            false => within(limits.wait),
        };
        match self.has_read || !self.arrived().is_empty() {
            true => Next::Again,
            false => Next::Wait(self.until),
        }
    }

    fn is_read(&self) -> bool {
        match &self.body {
            Body::Length(left) => *left == 0,
            Body::Chunked(chunks) => chunks.is_over(),
            Body::Broken => false,
        }
    }

    /// Can another request be found behind this one? Not behind a body
    /// whose rest is known to be long, or whose end nobody knows.
    pub(crate) fn can_go_on(&self) -> bool {
        match &self.body {
            Body::Length(left) => *left <= SKIP_LIMIT,
            Body::Chunked(_) => true,
            Body::Broken => false,
        }
    }

    /// Reads from the body, and waits for it.
    ///
    /// # Errors
    ///
    /// The client is slow, or gone; or what came is no such body. Then
    /// nobody knows where it ends, and it fails again.
    pub(crate) fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.read_on(to);
        read.inspect_err(|_| self.body = Body::Broken)
    }

    fn read_on(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(length) = self.piece(to.len())? {
                to[..length].copy_from_slice(&self.arrived()[..length]);
                self.buffer.consume(length);
                return Ok(length);
            }
            self.has_read = true;
            let mut block = [0; BLOCK];
            match self.socket.read(&mut block, &mut self.patience)? {
                0 => return Err(self.cut().into()),
                length => self.buffer.keep(&block[..length]),
            }
        }
    }

    /// The length of the next piece of the body, of what has arrived
    /// and `most` at most; 0 at its end, `None` if more has to come.
    fn piece(&mut self, most: usize) -> io::Result<Option<usize>> {
        loop {
            let arrived = self.buffer.rest();
            match &mut self.body {
                Body::Length(0) => return Ok(Some(0)),
                Body::Length(_) if arrived.is_empty() => {
                    return Ok(None);
                }
                Body::Length(left) => {
                    let length = most.min(arrived.len());
                    let length = (*left).min(length as u64);
                    *left -= length;
                    return Ok(Some(length as usize));
                }
                Body::Chunked(chunks) => {
                    match chunks.next(arrived, most)? {
                        Piece::Body(length) => return Ok(Some(length)),
                        Piece::Around(length) => {
                            self.buffer.consume(length)
                        }
                        Piece::Unknown => return Ok(None),
                        Piece::End => return Ok(Some(0)),
                    }
                }
                Body::Broken => return Err(io::Error::other(BROKEN)),
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

const BROKEN: &str = "the request's body could not be read before";
