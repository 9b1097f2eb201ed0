//! What a web server sends: records, read one by one.

use super::Limits;
use super::pairs::{self, Pairs};
use super::record::*;
use crate::input::too_late;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;

/// The end of a connection where a web server's records come out.
pub(crate) struct Inbound {
    reader: BufReader<TcpStream>,
    /// How much of the record that was read last is still to come: of
    /// a body, of other content, and of its padding.
    body: usize,
    content: usize,
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
    limits: Limits,
}

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
    /// There is none: the web server sends no more.
    End,
}

impl Inbound {
    pub(crate) fn new(
        stream: TcpStream,
        buffer: usize,
        limits: &Limits,
    ) -> Self {
        Self {
            reader: BufReader::with_capacity(buffer, stream),
            body: 0,
            content: 0,
            padding: 0,
            stage: Stage::Idle,
            id: 0,
            keep: true,
            params: Vec::new(),
            params_length: 0,
            limits: limits.clone(),
        }
    }

    /// Is no request under way?
    pub(crate) fn is_idle(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// Has all of it come?
    pub(crate) fn is_whole(&self) -> bool {
        self.stage == Stage::Whole
    }

    /// Makes what is missing of its body an error.
    pub(crate) fn cut(&mut self) {
        self.stage = Stage::Cut;
    }

    /// Lets the request go, and returns its number. What still comes
    /// of it is passed over.
    pub(crate) fn end(&mut self) -> u16 {
        self.stage = Stage::Idle;
        self.id
    }

    /// Waits for a record, as long as it takes, but for the first one
    /// of a connection. Tells whether one comes.
    pub(crate) fn wait(&mut self, is_new: bool) -> bool {
        loop {
            match self.is_at_end() {
                Err(e)
                    if e.kind() == ErrorKind::WouldBlock && !is_new => {
                }
                is_at_end => return is_at_end.is_ok_and(|end| !end),
            }
        }
    }

    /// Waits for a byte.
    fn is_at_end(&mut self) -> io::Result<bool> {
        loop {
            match self.reader.fill_buf() {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                bytes => return Ok(bytes?.is_empty()),
            }
        }
    }

    /// Reads the next record, and tells what it means.
    ///
    /// # Errors
    ///
    /// It has no meaning, or does not come in time. Nobody knows then
    /// where the next one begins.
    pub(crate) fn next(&mut self) -> io::Result<Event> {
        self.record().map_err(|error| self.fail(error))
    }

    fn fail(&mut self, error: io::Error) -> io::Error {
        (self.stage, self.keep) = (Stage::Cut, false);
        match error.kind() {
            ErrorKind::WouldBlock => too_late().into(),
            _ => error,
        }
    }

    fn record(&mut self) -> io::Result<Event> {
        self.skip()?;
        let Some(header) = self.header()? else {
            return Ok(Event::End);
        };
        let is_ours = !self.is_idle() && header.id == self.id;
        match header.kind {
            _ if header.id == 0 => self.manage(header.kind),
            BEGIN_REQUEST if is_ours => bad("a request begins twice"),
            BEGIN_REQUEST => self.begin(header.id),
            PARAMS if is_ours => self.collect(),
            STDIN if is_ours => self.open(),
            ABORT_REQUEST if is_ours => {
                self.stage = Stage::Cut;
                Ok(Event::Abort)
            }
            // Of a request that was refused, or is over.
            _ => Ok(Event::Nothing),
        }
    }

    /// Passes over what is left of the record before.
    fn skip(&mut self) -> io::Result<()> {
        let left = (self.body + self.content + self.padding) as u64;
        let mut rest = (&mut self.reader).take(left);
        if io::copy(&mut rest, &mut io::sink())? < left {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        (self.body, self.content, self.padding) = (0, 0, 0);
        Ok(())
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        if self.is_at_end()? {
            return Ok(None);
        }
        let mut bytes = [0; Header::SIZE];
        self.reader.read_exact(&mut bytes)?;
        let header = Header::parse(bytes)?;
        self.content = header.length.into();
        self.padding = header.padding.into();
        Ok(Some(header))
    }

    /// A record of no request (section 4).
    fn manage(&mut self, kind: u8) -> io::Result<Event> {
        let mut reply = Vec::new();
        if kind == GET_VALUES {
            let mut asked = vec![0; self.content];
            self.reader.read_exact(&mut asked)?;
            self.content = 0;
            let values = self.values(&asked);
            push(&mut reply, GET_VALUES_RESULT, 0, &values);
        } else {
            let content = [kind, 0, 0, 0, 0, 0, 0, 0];
            push(&mut reply, UNKNOWN_TYPE, 0, &content);
        }
        Ok(Event::Reply(reply))
    }

    /// Those that are asked for and known (section 4.1).
    fn values(&self, asked: &[u8]) -> Vec<u8> {
        let connections = self.limits.connections.to_string();
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

    fn begin(&mut self, id: u16) -> io::Result<Event> {
        let mut content = [0; 8];
        if self.content != content.len() {
            return bad("a request begins without a role");
        }
        self.reader.read_exact(&mut content)?;
        self.content = 0;
        let [role1, role0, flags, ..] = content;
        if !self.is_idle() {
            return Ok(Event::Reply(ended(id, CANT_MPX_CONN)));
        }
        self.keep = flags & KEEP_CONN != 0;
        if u16::from_be_bytes([role1, role0]) != RESPONDER {
            return Ok(Event::Reply(ended(id, UNKNOWN_ROLE)));
        }
        (self.stage, self.id) = (Stage::Params, id);
        self.params.clear();
        self.params_length = 0;
        Ok(Event::Nothing)
    }

    /// Takes a piece of the variables.
    fn collect(&mut self) -> io::Result<Event> {
        if self.stage != Stage::Params {
            return bad("variables behind their end");
        }
        if self.content == 0 {
            self.stage = Stage::Body;
            return Ok(Event::Request);
        }
        let start = self.params_length;
        self.params_length += self.content;
        if self.params_length <= self.limits.params {
            self.params.resize(self.params_length, 0);
            self.reader.read_exact(&mut self.params[start..])?;
            self.content = 0;
        }
        Ok(Event::Nothing)
    }

    /// Opens a piece of the body, which is read by `read`.
    fn open(&mut self) -> io::Result<Event> {
        match self.stage {
            Stage::Params => {
                return bad("a body before the variables' end");
            }
            Stage::Body if self.content == 0 => {
                self.stage = Stage::Whole;
            }
            Stage::Body => {
                (self.body, self.content) = (self.content, 0)
            }
            _ => {}
        }
        Ok(Event::Nothing)
    }

    /// Reads from the piece of the body that has come; `None` if there
    /// is none, and another record is to be read first.
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
        if self.is_at_end().map_err(|error| self.fail(error))? {
            return Err(self.fail(cut()));
        }
        let most = to.len().min(self.body);
        let length = self.reader.read(&mut to[..most])?;
        self.body -= length;
        Ok(Some(length))
    }

    /// Is there a record that can be read without waiting, and is not
    /// behind a body that the application has not read?
    pub(crate) fn has_record(&self) -> bool {
        self.body == 0
            && (!self.reader.buffer().is_empty() || self.has_arrived())
    }

    fn has_arrived(&self) -> bool {
        let socket = self.reader.get_ref();
        let mut sockets = [PollFd::new(socket, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        matches!(poll(&mut sockets, Some(&now)), Ok(1))
    }
}

/// A request's end, in a record.
fn ended(id: u16, protocol_status: u8) -> Vec<u8> {
    let mut record = Vec::new();
    push_end(&mut record, id, protocol_status);
    record
}

fn cut() -> io::Error {
    let reason = "the web server has gone in the middle of the body";
    io::Error::new(ErrorKind::UnexpectedEof, reason)
}

fn bad<T>(reason: &str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidData, reason))
}
