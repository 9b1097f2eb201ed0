//! What a web server sends: records, of which each is taken when all of
//! it has come.

use super::pairs::{self, Pairs};
use super::record::*;
use crate::serving::{BLOCK, Buffer, Limits, Patience, Socket};
use std::io::{self, ErrorKind};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

/// What a connection has brought.
pub(crate) struct Inbound {
    socket: Arc<Socket>,
    pub(crate) buffer: Buffer,
    /// Of the record that was taken last: how much of a body is not
    /// read yet, and what comes behind it.
    body: usize,
    padding: usize,
    stage: Stage,
    /// The number of the request that is under way.
    pub(crate) id: u16,
    /// Is the connection kept, when no request is under way?
    pub(crate) keep: bool,
    /// Its variables, as pairs, as far as they are within the limit.
    pub(crate) params: Vec<u8>,
    /// How long they are in truth.
    pub(crate) params_length: usize,
    /// How many connections there may be, as web servers ask.
    connections: usize,
    patience: Patience,
    /// Has the request that is under way read from the socket? There
    /// may be more, then.
    has_read: bool,
}

/// The variables of a request have at most so many bytes.
pub(crate) const PARAMS_LIMIT: usize = 128 * 1024;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is none.
    Idle,
    /// Its variables are coming.
    Params,
    /// Its body is coming.
    Body,
    /// All of it is there.
    Whole,
    /// The rest of its body will never come.
    Cut,
}

/// What a record means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A request, with its variables.
    Request,
    /// It is not to be answered any more.
    Abort,
    /// Whatever it was, this is the reply.
    Reply(Vec<u8>),
    /// Nothing that is to be done at once.
    Nothing,
}

impl Inbound {
    pub(crate) fn new(socket: Arc<Socket>, limits: &Limits) -> Self {
        Self {
            socket,
            buffer: Buffer::default(),
            body: 0,
            padding: 0,
            stage: Stage::Idle,
            id: 0,
            keep: true,
            params: Vec::new(),
            params_length: 0,
            connections: limits.connections,
            patience: Patience::with_sender(limits.wait),
            has_read: false,
        }
    }

    /// A request is answered from now on.
    pub(crate) fn start(&mut self, wait: Duration) {
        self.patience = Patience::with_sender(wait);
        self.has_read = false;
    }

    /// May more have come than was taken?
    pub(crate) fn has_read(&self) -> bool {
        self.has_read || !self.buffer.rest().is_empty()
    }

    /// Is no request under way?
    pub(crate) fn is_idle(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// Is one under way, or a part of a record there?
    pub(crate) fn has_begun(&self) -> bool {
        !self.is_idle() || !self.buffer.rest().is_empty()
    }

    /// Has all of the request come?
    pub(crate) fn is_whole(&self) -> bool {
        self.stage == Stage::Whole
    }

    /// Lets the request go, and returns its number. What still comes
    /// of it is passed over.
    pub(crate) fn end(&mut self) -> u16 {
        self.stage = Stage::Idle;
        self.id
    }

    /// Takes the next record, if all of it is there and the one before
    /// is read, and tells what it means.
    ///
    /// # Errors
    ///
    /// It has no meaning. Nobody knows then where the next one begins.
    pub(crate) fn next(&mut self) -> io::Result<Option<Event>> {
        let event = self.record();
        event.inspect_err(|_| self.fail())
    }

    /// The next record's header, if all of the record is there.
    fn header(&self) -> io::Result<Option<Header>> {
        let bytes = self.buffer.rest();
        let Some((header, rest)) = bytes.split_first_chunk() else {
            return Ok(None);
        };
        let header = Header::parse(*header)?;
        let (content, padding) = (header.length, header.padding);
        let length = usize::from(content) + usize::from(padding);
        Ok((rest.len() >= length).then_some(header))
    }

    fn record(&mut self) -> io::Result<Option<Event>> {
        if self.is_idle() {
            self.pass(self.body); // nobody reads that
        }
        if self.body > 0 {
            return Ok(None);
        }
        let Some(header) = self.header()? else { return Ok(None) };
        self.buffer.consume(Header::SIZE);
        self.body = header.length.into();
        self.padding = header.padding.into();
        let is_ours = !self.is_idle() && header.id == self.id;
        if is_ours && header.kind == STDIN {
            return self.open().map(Some);
        }
        let content = self.buffer.rest()[..self.body].to_vec();
        self.pass(self.body);
        let event = match header.kind {
            _ if header.id == 0 => self.manage(header.kind, &content),
            BEGIN_REQUEST if is_ours => bad("a request begins twice"),
            BEGIN_REQUEST => self.begin(header.id, &content),
            PARAMS if is_ours => self.collect(&content),
            ABORT_REQUEST if is_ours => {
                self.stage = Stage::Cut;
                Ok(Event::Abort)
            }
            // Of a request that was refused, or is over.
            _ => Ok(Event::Nothing),
        };
        event.map(Some)
    }

    /// A record of no request (section 4).
    fn manage(&self, kind: u8, asked: &[u8]) -> io::Result<Event> {
        let mut reply = Vec::new();
        if kind == GET_VALUES {
            let values = self.values(asked);
            push(&mut reply, GET_VALUES_RESULT, 0, &values);
        } else {
            let content = [kind, 0, 0, 0, 0, 0, 0, 0];
            push(&mut reply, UNKNOWN_TYPE, 0, &content);
        }
        Ok(Event::Reply(reply))
    }

    /// Those that are asked for and known (section 4.1).
    fn values(&self, asked: &[u8]) -> Vec<u8> {
        let connections = self.connections.to_string();
        let known = [
            ("FCGI_MAX_CONNS", &*connections),
            ("FCGI_MAX_REQS", &*connections),
            ("FCGI_MPXS_CONNS", "0"),
        ];
        let mut values = Vec::new();
        for (name, value) in known {
            let mut asked = Pairs(asked).flatten();
            if asked.any(|(other, _)| other == name.as_bytes()) {
                pairs::push(&mut values, name, value);
            }
        }
        values
    }

    fn begin(&mut self, id: u16, content: &[u8]) -> io::Result<Event> {
        let [role1, role0, flags, _, _, _, _, _] = *content else {
            return bad("a request begins without a role");
        };
        let refuse = |reason| {
            let mut record = Vec::new();
            push_end(&mut record, id, reason);
            Ok(Event::Reply(record))
        };
        if !self.is_idle() {
            return refuse(CANT_MPX_CONN);
        }
        self.keep = flags & KEEP_CONN != 0;
        if u16::from_be_bytes([role1, role0]) != RESPONDER {
            return refuse(UNKNOWN_ROLE);
        }
        (self.stage, self.id) = (Stage::Params, id);
        self.params.clear();
        self.params_length = 0;
        Ok(Event::Nothing)
    }

    /// Takes a piece of the variables.
    fn collect(&mut self, content: &[u8]) -> io::Result<Event> {
        if self.stage != Stage::Params {
            return bad("variables behind their end");
        }
        if content.is_empty() {
            self.stage = Stage::Body;
            return Ok(Event::Request);
        }
        self.params_length += content.len();
        if self.params_length <= PARAMS_LIMIT {
            self.params.extend_from_slice(content);
        }
        Ok(Event::Nothing)
    }

    /// Opens a piece of the body, which is read by `read`.
    fn open(&mut self) -> io::Result<Event> {
        match self.stage {
            Stage::Params => {
                return bad("a body before the variables' end");
            }
            Stage::Body if self.body == 0 => self.stage = Stage::Whole,
            Stage::Body => return Ok(Event::Nothing),
            _ => {}
        }
        self.pass(self.body); // nobody reads that
        Ok(Event::Nothing)
    }

    /// Goes on behind so much of a body, and behind its record's end.
    fn pass(&mut self, length: usize) {
        self.body -= length;
        self.buffer.consume(length);
        if self.body == 0 {
            self.buffer.consume(mem::take(&mut self.padding));
        }
    }

    /// Reads from the piece of the body that has come; `None` if there
    /// is none, and another record is to be taken first.
    ///
    /// # Errors
    ///
    /// The body was cut short.
    pub(crate) fn read(
        &mut self,
        to: &mut [u8],
    ) -> io::Result<Option<usize>> {
        match self.stage {
            Stage::Whole => return Ok(Some(0)),
            Stage::Cut => return Err(cut()),
            _ if self.body == 0 => return Ok(None),
            _ => {}
        }
        let length = to.len().min(self.body);
        to[..length].copy_from_slice(&self.buffer.rest()[..length]);
        self.pass(length);
        Ok(Some(length))
    }

    /// Waits for more to come.
    ///
    /// # Errors
    ///
    /// None does.
    pub(crate) fn wait(&mut self) -> io::Result<()> {
        self.has_read = true;
        let mut block = [0; BLOCK];
        let read = self.socket.read(&mut block, &mut self.patience);
        let read = if let Ok(0) = read { Err(cut()) } else { read };
        let length = read.inspect_err(|_| self.fail())?;
        self.buffer.keep(&block[..length]);
        Ok(())
    }

    /// What is missing of the body is an error, and nothing follows it.
    fn fail(&mut self) {
        (self.stage, self.keep) = (Stage::Cut, false);
    }

    /// Takes what has come, without waiting, unless the last record is
    /// not read yet. Returns its length.
    pub(crate) fn read_now(&mut self) -> io::Result<usize> {
        if self.body > 0 {
            return Ok(0);
        }
        self.has_read = true;
        let mut block = [0; BLOCK];
        let length = self.socket.read_now(&mut block)?;
        self.buffer.keep(&block[..length]);
        Ok(length)
    }
}

fn cut() -> io::Error {
    let reason = "the web server has gone in the middle of the body";
    io::Error::new(ErrorKind::UnexpectedEof, reason)
}

fn bad<T>(reason: &str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidData, reason))
}
