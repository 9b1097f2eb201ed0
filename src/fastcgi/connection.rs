//! A connection: requests come in, one after another.

use super::FastCgi;
use super::inbound::{Event, Inbound, PARAMS_LIMIT};
use super::pairs::{Cut, Pairs};
use super::request::{Errors, Input, Out, Outbound, Request};
use crate::access_log::Entry;
use crate::exchange::{self, End, Protocol};
use crate::input::{self, too_late};
use crate::serving::{
    self, Caller, Deadline, Next, Settings, Socket, say, within,
};
use crate::{Application, Environ, ErrorLog, Failure, cgi};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::sync::Arc;

pub(crate) struct Connection {
    settings: Arc<Settings<FastCgi>>,
    socket: Arc<Socket>,
    /// When the web server's time is up.
    until: Deadline,
    /// Is that a request's, and not the idle connection's?
    has_begun: bool,
    /// `None` while a request has them, and after one that was cut.
    ends: Option<(Inbound, Outbound)>,
}

/// The most variables that a request may have.
const COUNT_LIMIT: usize = 1000;

impl serving::Connection for Connection {
    fn take(&mut self, bytes: &[u8]) {
        if let Some((inbound, _)) = &mut self.ends {
            inbound.buffer.keep(bytes);
        }
    }

    /// A web server may go as it likes; what makes no sense is a line
    /// in the log.
    fn go_on(&mut self, caller: &mut Caller<'_>) -> Next {
        self.records(caller).unwrap_or_else(|error| {
            if error.kind() == ErrorKind::InvalidData {
                self.complain(&error);
            }
            Next::Close
        })
    }

    fn give_up(&mut self, _: &mut Caller<'_>) -> Next {
        if let Some((inbound, _)) = &self.ends
            && inbound.has_begun()
        {
            self.complain(&too_late());
        }
        Next::Close
    }
}

impl Connection {
    pub(crate) fn new(
        settings: Arc<Settings<FastCgi>>,
        socket: Arc<Socket>,
        until: Deadline,
    ) -> Self {
        let limits = &settings.limits;
        let inbound = Inbound::new(Arc::clone(&socket), limits);
        let outbound = Outbound::new(Arc::clone(&socket), limits);
        Self {
            settings,
            socket,
            until,
            has_begun: false,
            ends: Some((inbound, outbound)),
        }
    }

    fn complain(&self, error: &dyn Display) {
        let line = format!("a connection is given up: {error}");
        say(&self.settings.errors, &line);
    }

    /// Takes the records that have come, up to a request.
    fn records(&mut self, caller: &mut Caller<'_>) -> io::Result<Next> {
        let Some((inbound, outbound)) = &mut self.ends else {
            return Ok(Next::Close);
        };
        while let Some(event) = inbound.next()? {
            match event {
                Event::Request => return Ok(self.answer(caller)),
                Event::Abort => outbound.end(inbound.end())?,
                Event::Reply(record) => outbound.reply(&record)?,
                Event::Nothing => {}
            }
            if inbound.is_idle() && !inbound.keep {
                return Ok(Next::Leave);
            }
        }
        // A request may have come in the block that the last one ended.
        let has_begun = inbound.has_begun();
        if has_begun != self.has_begun {
            let limits = &self.settings.limits;
            self.has_begun = has_begun;
            self.until = within(match has_begun {
                true => limits.head,
                false => limits.idle,
            });
        }
        Ok(Next::Wait(self.until))
    }

    fn answer(&mut self, caller: &mut Caller<'_>) -> Next {
        let Caller { app, environ, .. } = caller;
        let Some((mut inbound, mut outbound)) = self.ends.take() else {
            return Next::Close;
        };
        let wait = self.settings.limits.wait;
        inbound.start(wait);
        outbound.begin(inbound.id, wait);
        let filled = self.fill(&inbound, environ);
        let request = Arc::new(Request::new(inbound, outbound));
        while !request.is_whole() && request.look() {}
        environ.errors = ErrorLog::new(Errors {
            request: Arc::clone(&request),
            afterwards: self.settings.errors.clone(),
        });
        let entry = self.entry(environ);
        let filled = filled.and_then(|()| self.open(&request, environ));
        let app: &dyn Application = match &filled {
            Ok(()) => *app,
            Err(no) => no,
        };
        let mut out = Out { request: &request, has_begun: false };
        let outcome =
            exchange::run(app, environ, Protocol::Cgi, &mut out);
        // With the old log goes its last line, even an unfinished one.
        environ.errors = self.settings.errors.clone();
        environ.reset();
        self.settings.log(entry, &outcome);
        self.end(&request, outcome.end)
    }

    fn entry(&self, environ: &Environ) -> Option<Entry> {
        self.settings.access_log.as_ref()?;
        let get = |name| environ.get(name).unwrap_or_default();
        let line = ["REQUEST_METHOD", "REQUEST_URI", "SERVER_PROTOCOL"];
        let line = line.map(get).join(" ");
        Some(Entry::new(get("REMOTE_ADDR").parse().ok(), line))
    }

    /// Ends a request. If the answer was cut short, a reset says so:
    /// behind a mere end, a web server may take it for whole.
    fn end(&mut self, request: &Request, end: End) -> Next {
        let Some((mut inbound, mut outbound)) = request.take() else {
            self.socket.cut(); // a thread still reads from it
            return Next::Close;
        };
        let is_cut = !matches!(end, End::Keep | End::Close);
        if is_cut && !request.is_aborted() {
            self.socket.reset();
            return Next::Close;
        }
        if outbound.end(inbound.end()).is_err() {
            return Next::Close;
        }
        if !inbound.keep {
            return Next::Leave;
        }
        self.has_begun = false;
        self.until = within(self.settings.limits.idle);
        let next = match inbound.has_read() {
            true => Next::Again,
            false => Next::Wait(self.until),
        };
        self.ends = Some((inbound, outbound));
        next
    }

    /// Reads the variables into the environ.
    fn fill(
        &self,
        inbound: &Inbound,
        environ: &mut Environ,
    ) -> Result<(), Failure> {
        environ.multithread = true;
        environ.is_open = self.settings.is_open;
        environ.multiprocess = self.settings.own.is_shared;
        let length = inbound.params_length;
        let is_too_long = length > PARAMS_LIMIT;
        for (count, pair) in Pairs(&inbound.params).enumerate() {
            match pair {
                Ok(_) if count == COUNT_LIMIT => {
                    return too_many("too many variables".into());
                }
                Ok((name, value)) => set(environ, name, value),
                Err(Cut) if is_too_long => break,
                Err(Cut) => {
                    let reason = "the variables are cut short";
                    return Err(Failure::bad_request(reason));
                }
            }
        }
        if is_too_long {
            return too_many(format!("{length} bytes of variables"));
        }
        cgi::complete(environ);
        Ok(())
    }

    /// Opens the body. A web server that does not know its length says
    /// where it ends.
    fn open(
        &self,
        request: &Arc<Request>,
        environ: &mut Environ,
    ) -> Result<(), Failure> {
        let limit = self.settings.limits.body;
        let stated = environ.bytes("CONTENT_LENGTH");
        let length = input::content_length(stated)?;
        if length > limit {
            return Err(input::too_large(limit));
        }
        let input = Input(Arc::clone(request));
        environ.input = match stated {
            Some([_, ..]) if length > 0 => {
                input::body(input, Some(length), limit)
            }
            Some([_, ..]) => Box::new(io::empty()),
            _ if request.is_whole() => Box::new(io::empty()),
            _ => input::body(input, None, limit),
        };
        Ok(())
    }
}

/// A field that comes twice is a list (RFC 3875, section 4.1.18). Any
/// other variable was set twice in the web server's configuration, and
/// so is HTTP_HOST, of which there is one.
fn set(environ: &mut Environ, name: &[u8], value: &[u8]) {
    let name = String::from_utf8_lossy(name);
    let is_list = name.starts_with("HTTP_") && name != "HTTP_HOST";
    let before = environ.bytes(&name).filter(|_| is_list);
    let separator = if name == "HTTP_COOKIE" { "; " } else { ", " };
    match before.map(|b| [b, separator.as_bytes(), value].concat()) {
        Some(list) => environ.set(&name, list),
        None => environ.set(&name, value),
    }
}

fn too_many(reason: String) -> Result<(), Failure> {
    let status = "431 Request Header Fields Too Large";
    Err(Failure::new(status, reason))
}
