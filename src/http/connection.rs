//! A connection: requests come in, and answers go out.

use super::Http;
use super::head;
use super::inbound::{Arrival, Body, Inbound};
use crate::access_log::Entry;
use crate::exchange::{self, End, Keeps, Outcome, Protocol};
use crate::input::too_late;
use crate::request_head::{
    RequestBody, TARGET_LIMIT, address_and_port, fill_addresses,
    name_and_port,
};
use crate::serving::{
    self, Caller, Deadline, Next, Patience, Settings, Socket, lock,
};
use crate::{Environ, Failure};
use std::io::{self, BufReader, Read, Write};
use std::mem::take;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct Connection {
    settings: Arc<Settings<Http>>,
    socket: Arc<Socket>,
    peer: Option<SocketAddr>,
    /// Where the client has found us, for SERVER_NAME and SERVER_PORT.
    name_and_port: (String, String),
    /// For REMOTE_ADDR and REMOTE_PORT.
    client: Option<(String, String)>,
    inbound: Option<Inbound>,
}

/// What a request's head says of the rest.
struct Request {
    protocol: Protocol,
    body: RequestBody,
    /// Does the client wait for `100 Continue`?
    expects: bool,
}

impl Request {
    /// Reads a head into the environ.
    fn read(
        head: &[u8],
        body_limit: u64,
        environ: &mut Environ,
    ) -> Result<Self, Failure> {
        let mut fields = head::NO_FIELDS;
        let head = head::parse(head, &mut fields)?;
        let body = head.read_into(environ, body_limit)?;
        let protocol = head.protocol();
        let expects = head.expects_continue();
        Ok(Self { protocol, body, expects })
    }
}

impl serving::Connection for Connection {
    fn take(&mut self, bytes: &[u8]) {
        if let Some(inbound) = &mut self.inbound {
            inbound.buffer.keep(bytes);
        }
    }

    fn go_on(&mut self, caller: &mut Caller<'_>) -> Next {
        let Some(inbound) = &mut self.inbound else {
            return Next::Close;
        };
        match inbound.next(&self.settings.limits) {
            Ok(Arrival::Nothing) => Next::Wait(inbound.until),
            Ok(Arrival::End) => Next::Close,
            Ok(Arrival::Head(length)) => {
                self.answer(Ok(length), caller)
            }
            Err(no) => self.answer(Err(no), caller),
        }
    }

    fn give_up(&mut self, caller: &mut Caller<'_>) -> Next {
        match &self.inbound {
            Some(inbound) if inbound.has_begun => {
                self.answer(Err(too_late()), caller)
            }
            _ => Next::Close,
        }
    }
}

/// How a refusal is answered.
const CLOSE: Protocol = Protocol::Http { minor: 1, keep_alive: false };

impl Connection {
    pub(crate) fn new(
        settings: Arc<Settings<Http>>,
        socket: Arc<Socket>,
        peer: Option<SocketAddr>,
        until: Deadline,
    ) -> Self {
        let unnamed = || ("localhost".into(), "80".into());
        let address = peer.and_then(|_| socket.local_address());
        let theirs = Arc::clone(&socket);
        let inbound = Inbound::new(theirs, until, &settings.limits);
        Self {
            name_and_port: address.map_or_else(unnamed, name_and_port),
            client: peer.map(address_and_port),
            settings,
            socket,
            peer,
            inbound: Some(inbound),
        }
    }

    /// Answers the request whose head is so long, or was refused.
    fn answer(
        &mut self,
        head: Result<usize, Failure>,
        caller: &mut Caller<'_>,
    ) -> Next {
        let entry = self.entry();
        let Some(inbound) = &mut self.inbound else {
            return Next::Close;
        };
        let limits = &self.settings.limits;
        let environ = &mut caller.environ;
        environ.errors = self.settings.errors.clone();
        environ.multithread = true;
        environ.is_open = self.settings.is_open;
        let client = self.client.as_ref();
        fill_addresses(environ, &self.name_and_port, client);
        let request = head.and_then(|length| {
            let head = &inbound.buffer.rest()[..length];
            let request = Request::read(head, limits.body, environ)?;
            inbound.begin(length, request.body, limits);
            Ok(request)
        });
        let outcome = match request {
            Ok(request) => self.run(&request, caller),
            Err(no) => {
                let out = &mut self.out();
                exchange::run(&no, &mut caller.environ, CLOSE, out)
            }
        };
        caller.environ.reset();
        self.settings.log(entry, &outcome);
        self.end(outcome.end)
    }

    fn run(
        &mut self,
        request: &Request,
        caller: &mut Caller<'_>,
    ) -> Outcome {
        let Caller { app, environ, .. } = caller;
        let (app, protocol) = (*app, request.protocol);
        if request.body == RequestBody::Length(0) {
            let out = &mut self.out();
            return exchange::run(app, environ, protocol, out);
        }
        let lent = Arc::new(Lent {
            expects: Mutex::new(request.expects),
            inbound: Mutex::new(self.inbound.take()),
        });
        let input = Input(Arc::clone(&lent));
        environ.input = Box::new(BufReader::new(input));
        let theirs = Arc::clone(&lent);
        let keeps: Keeps = Box::new(move || theirs.keeps());
        let (keeps, out) = (Some(keeps), &mut self.out());
        let outcome =
            exchange::run_on(app, environ, protocol, keeps, out);
        if let Ok(mut lent) = lent.inbound.try_lock() {
            self.inbound = lent.take();
        }
        outcome
    }

    fn out(&self) -> Out<'_> {
        let patience = Patience::with_reader(self.settings.limits.wait);
        Out { socket: &self.socket, patience }
    }

    fn end(&mut self, end: End) -> Next {
        match (end, &mut self.inbound) {
            // A thread of the application's still reads: it fails now.
            (_, None) => self.socket.cut(),
            (End::Keep, Some(inbound)) => {
                return inbound.end(&self.settings.limits);
            }
            (End::Close, _) => return Next::Leave,
            (End::Reset, _) => self.socket.reset(),
            (End::Cut | End::Gone, _) => {}
        }
        Next::Close
    }

    fn entry(&self) -> Option<Entry> {
        self.settings.access_log.as_ref()?;
        let bytes = self.inbound.as_ref()?.buffer.rest();
        let (line, _) = head::split_line(bytes);
        // Cut: a client could make a line of any length.
        let line = &line[..line.len().min(TARGET_LIMIT)];
        let line = String::from_utf8_lossy(line).into_owned();
        let client = self.peer.map(|peer| peer.ip());
        Some(Entry::new(client, line))
    }
}

/// What an application's input needs of a connection, until the request
/// is over.
struct Lent {
    /// Does the client wait for `100 Continue` before it sends the body
    /// (RFC 9110, section 10.1.1)?
    expects: Mutex<bool>,
    inbound: Mutex<Option<Inbound>>,
}

/// `wsgi.input`.
struct Input(Arc<Lent>);

impl Read for Input {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut inbound = lock(&self.0.inbound);
        let Some(inbound) = &mut *inbound else {
            return Err(io::Error::other(GONE));
        };
        // Locked while it is sent: no answer gets in before it.
        let mut expects = lock(&self.0.expects);
        if take(&mut *expects) {
            let mut patience = Patience::with_sender(BRIEFLY);
            inbound.socket.write(CONTINUE, &mut patience)?;
        }
        drop(expects);
        inbound.read(to)
    }
}

impl Lent {
    /// May the connection serve another request? It is asked when the
    /// answer's head is made, which has to say it (RFC 9112, section
    /// 9.6). From then on it is too late for `100 Continue`.
    fn keeps(&self) -> bool {
        // Whether a body will come now, only the client knows.
        let is_owed = take(&mut *lock(&self.expects));
        let inbound = self.inbound.try_lock();
        let can_go_on = inbound.is_ok_and(|inbound| {
            let body = inbound.as_ref().map(|inbound| &inbound.body);
            body.is_some_and(Body::can_be_skipped)
        });
        can_go_on && !is_owed
    }
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// For these few bytes there is room, unless the client has not read
/// its last answers.
const BRIEFLY: Duration = Duration::from_secs(1);

const GONE: &str = "the request that this body belonged to is over";

/// Where the answer goes.
struct Out<'a> {
    socket: &'a Socket,
    patience: Patience,
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes, &mut self.patience)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
