//! A request that is under way, and what the application has of it.

use super::inbound::{Event, Inbound};
use super::record::*;
use crate::ErrorLog;
use crate::serving::{Limits, Patience, Socket, lock};
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A connection, lent to a request until it is over.
///
/// The application may keep its input and its error log for longer,
/// and find nothing here then.
pub(crate) struct Request {
    inbound: Mutex<Option<Inbound>>,
    outbound: Mutex<Option<Outbound>>,
    is_aborted: AtomicBool,
}

impl Request {
    pub(crate) fn new(inbound: Inbound, outbound: Outbound) -> Self {
        Self {
            inbound: Mutex::new(Some(inbound)),
            outbound: Mutex::new(Some(outbound)),
            is_aborted: AtomicBool::new(false),
        }
    }

    /// Ends the loan. There is nothing to be had of it while a thread
    /// of the application's still reads the body.
    pub(crate) fn take(&self) -> Option<(Inbound, Outbound)> {
        let outbound = lock(&self.outbound).take();
        self.inbound.try_lock().ok()?.take().zip(outbound)
    }

    /// Takes note of a record, or brings more of them, without
    /// waiting. Was there something?
    pub(crate) fn look(&self) -> bool {
        // A thread that reads the body takes note itself.
        let Ok(mut inbound) = self.inbound.try_lock() else {
            return false;
        };
        let Some(inbound) = &mut *inbound else { return false };
        match inbound.next() {
            Ok(None) => matches!(inbound.read_now(), Ok(1..)),
            Ok(Some(event)) => {
                self.note(event);
                true
            }
            Err(_) => false,
        }
    }

    /// Has the web server lost interest in the answer?
    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted.load(Ordering::Acquire)
    }

    /// Has all of its body come, and been read?
    pub(crate) fn is_whole(&self) -> bool {
        lock(&self.inbound).as_ref().is_some_and(Inbound::is_whole)
    }

    fn note(&self, event: Event) {
        match event {
            Event::Abort => {
                self.is_aborted.store(true, Ordering::Release);
            }
            Event::Reply(bytes) => {
                if let Some(outbound) = &mut *lock(&self.outbound) {
                    // If it fails, so does the rest of the answer.
                    let _ = outbound.reply(&bytes);
                }
            }
            _ => {}
        }
    }
}

/// `wsgi.input`.
pub(crate) struct Input(pub(crate) Arc<Request>);

impl Read for Input {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut inbound = lock(&self.0.inbound);
        let Some(inbound) = &mut *inbound else {
            return Err(io::Error::other(GONE));
        };
        loop {
            if self.0.is_aborted() {
                return Err(io::Error::other(ABORTED));
            }
            if let Some(length) = inbound.read(to)? {
                return Ok(length);
            }
            match inbound.next()? {
                Some(event) => self.0.note(event),
                None => inbound.wait()?,
            }
        }
    }
}

const ABORTED: &str = "the web server has given the request up";

const GONE: &str = "the request that this body belonged to is over";

/// Where the answer goes.
pub(crate) struct Out<'a> {
    pub(crate) request: &'a Request,
    pub(crate) has_begun: bool,
}

impl Out<'_> {
    fn send(
        &mut self,
        send: impl FnOnce(&mut Outbound) -> io::Result<()>,
    ) -> io::Result<()> {
        match &mut *lock(&self.request.outbound) {
            Some(outbound) if !self.request.is_aborted() => {
                send(outbound)
            }
            _ => Err(ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An answer in one piece is sent before it can be aborted.
        while self.has_begun && self.request.look() {}
        self.has_begun = true;
        self.send(|outbound| outbound.push(STDOUT, bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send(Outbound::send)
    }
}

/// `wsgi.errors`: the web server's log, and behind the request's end
/// our own.
pub(crate) struct Errors {
    pub(crate) request: Arc<Request>,
    pub(crate) afterwards: ErrorLog,
}

impl Write for Errors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = match &mut *lock(&self.request.outbound) {
            Some(outbound) => outbound.say(bytes),
            None => Err(ErrorKind::BrokenPipe.into()),
        };
        if sent.is_err() {
            return self.afterwards.write(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of a connection where our records go out.
pub(crate) struct Outbound {
    socket: Arc<Socket>,
    patience: Patience,
    /// Records to be sent.
    buffer: Vec<u8>,
    /// The request that they belong to.
    id: u16,
    /// Is there a stream STDERR to be ended?
    has_said: bool,
    is_broken: bool,
}

/// When records are sent without being asked, in bytes.
const ENOUGH: usize = 64 * 1024;

impl Outbound {
    pub(crate) fn new(socket: Arc<Socket>, limits: &Limits) -> Self {
        Self {
            socket,
            patience: Patience::with_reader(limits.wait),
            buffer: Vec::new(),
            id: 0,
            has_said: false,
            is_broken: false,
        }
    }

    /// Another request's records are to be sent.
    pub(crate) fn begin(&mut self, id: u16, wait: Duration) {
        (self.id, self.patience) = (id, Patience::with_reader(wait));
    }

    /// Puts a piece of a stream into records; none of them is empty,
    /// for that would end it.
    fn push(&mut self, kind: u8, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(CONTENT_LIMIT) {
            push(&mut self.buffer, kind, self.id, piece);
            if self.buffer.len() > ENOUGH {
                self.send()?;
            }
        }
        Ok(())
    }

    /// Sends what there is. After a failure nothing is sent: it would
    /// follow a gap.
    fn send(&mut self) -> io::Result<()> {
        if self.is_broken {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let mut rest = &self.buffer[..];
        while !rest.is_empty() {
            let sent = self.socket.write(rest, &mut self.patience);
            let length = sent.inspect_err(|_| self.is_broken = true)?;
            rest = &rest[length..];
        }
        self.buffer.clear();
        Ok(())
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.has_said = true;
        self.push(STDERR, bytes).and_then(|()| self.send())
    }

    /// Ends the answer, and its request.
    pub(crate) fn end(&mut self, id: u16) -> io::Result<()> {
        push(&mut self.buffer, STDOUT, id, &[]);
        if mem::take(&mut self.has_said) {
            push(&mut self.buffer, STDERR, id, &[]);
        }
        push_end(&mut self.buffer, id, REQUEST_COMPLETE);
        self.send()
    }

    /// Sends a record that belongs to no stream.
    pub(crate) fn reply(&mut self, record: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(record);
        self.send()
    }
}
