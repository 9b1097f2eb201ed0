//! What a connection has brought: heads, and the bodies after them.

use super::chunks::{Chunks, Piece};
use crate::Failure;
use crate::request_head::{
    FIELDS_LIMIT, RequestBody, TARGET_LIMIT, TOO_LARGE,
};
use crate::serving::{
    BLOCK, Buffer, Deadline, Limits, Next, Patience, Socket, within,
};
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Inbound {
    pub(crate) socket: Arc<Socket>,
    /// What was read and is not used yet.
    pub(crate) buffer: Buffer,
    /// How far that was searched for the end of a head.
    searched: usize,
    /// How many line breaks there were before a head.
    breaks: usize,
    /// Has a head begun?
    pub(crate) has_begun: bool,
    /// When the client's time is up.
    pub(crate) until: Deadline,
    pub(crate) body: Body,
    /// Was some of it read from the socket? There may be more, then.
    has_read: bool,
    patience: Patience,
}

/// What has come, for somebody who cannot wait.
pub(crate) enum Arrival {
    /// A request's head, of this length.
    Head(usize),
    /// Not enough yet.
    Nothing,
    /// What will never make a request.
    End,
}

/// What is still to come of a body.
pub(crate) enum Body {
    Length(u64),
    Chunked(Chunks),
    /// Nobody knows where it ends.
    Broken,
}

impl Body {
    /// What the next bytes are, of a body of any kind.
    fn next(&mut self, bytes: &[u8], room: usize) -> io::Result<Piece> {
        match self {
            Self::Length(0) => Ok(Piece::End),
            Self::Length(_) if bytes.is_empty() => Ok(Piece::Unknown),
            Self::Length(left) => {
                let length = (*left).min(bytes.len().min(room) as u64);
                *left -= length;
                Ok(Piece::Body(length as usize))
            }
            Self::Chunked(chunks) => Ok(chunks.next(bytes, room)?),
            Self::Broken => Err(io::Error::other(BROKEN)),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(chunks) => chunks.is_over(),
            Self::Broken => false,
        }
    }

    /// Can another request be found after it? Not if its rest is known
    /// to be long, or if nobody knows where it ends.
    pub(crate) fn can_be_skipped(&self) -> bool {
        match self {
            Self::Length(left) => *left <= SKIP_LIMIT,
            Self::Broken => false,
            Self::Chunked(_) => true,
        }
    }
}

/// The most that is read of a body that nobody wanted, in bytes. To
/// close is cheaper than to read more.
const SKIP_LIMIT: u64 = 64 * 1024;

/// The longest first line of a head, in bytes.
const LINE_LIMIT: usize = TARGET_LIMIT + 1024;

/// The longest head, in bytes: its parts, and what is around them.
const HEAD_LIMIT: usize = TARGET_LIMIT + FIELDS_LIMIT + 1024;

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
        let is_there = !matches!(self.buffer.rest(), b"" | b"\r");
        if is_there && !self.has_begun {
            self.has_begun = true;
            self.until = within(limits.head);
        }
        Ok(Arrival::Nothing)
    }

    fn skip_breaks(&mut self) -> Result<(), Failure> {
        while self.searched == 0
            && self.buffer.rest().starts_with(b"\r\n")
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
                _ => (HEAD_LIMIT, TOO_LARGE),
            };
            let window = &bytes[..bytes.len().min(limit)];
            let mut rest = window[self.searched..].iter();
            let Some(end) = rest.position(|&b| b == b'\n') else {
                if bytes.len() < limit {
                    return Ok(None);
                }
                let reason = format!("{limit} bytes and no end");
                return Err(Failure::new(status, reason));
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
        self.until = match self.body.is_over() {
            true => within(limits.idle),
            false => within(limits.wait),
        };
        match self.has_read || !self.buffer.rest().is_empty() {
            true => Next::Again,
            false => Next::Wait(self.until),
        }
    }

    /// Skips what is left of a body that nobody wants, as far as it has
    /// come. Tells whether that was all. It has to come as steadily as
    /// if somebody read it.
    fn skip(&mut self, limits: &Limits) -> io::Result<bool> {
        if self.body.is_over() {
            return Ok(true);
        }
        while let Some(length @ 1..) = self.piece(usize::MAX)? {
            self.buffer.consume(length);
            let earned = Duration::from_millis(length as u64);
            let until = self.until.and_then(|u| u.checked_add(earned));
            self.until = until.min(within(limits.wait));
        }
        if self.body.is_over() {
            self.until = within(limits.idle);
        }
        Ok(self.body.is_over())
    }

    /// Reads from the body, and waits for it.
    ///
    /// # Errors
    ///
    /// The client is slow, or gone; or what came is no such body. Then
    /// nobody knows where it ends, and it fails again.
    pub(crate) fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.read_on(to).inspect_err(|_| self.body = Body::Broken)
    }

    fn read_on(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(length) = self.piece(to.len())? {
                let rest = self.buffer.rest();
                to[..length].copy_from_slice(&rest[..length]);
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
            match self.body.next(self.buffer.rest(), most)? {
                Piece::Body(length) => return Ok(Some(length)),
                Piece::Around(length) => self.buffer.consume(length),
                Piece::Unknown => return Ok(None),
                Piece::End => return Ok(Some(0)),
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
