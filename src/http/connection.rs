//! A connection: requests come in, and answers go out.

use super::Http;
use super::head;
use super::inbound::{Arrival, Inbound};
use crate::access_log::Entry;
use crate::exchange::{self, End, Outcome, Protocol};
use crate::request_head::{
    RequestBody, TARGET_LIMIT, fill_addresses, name_and_port,
};
use crate::serving::{
    self, BLOCKS, Deadline, Next, Patience, Settings, Socket, is_over,
};
use crate::{Application, Environ, Failure};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct Connection {
    settings: Arc<Settings<Http>>,
    socket: Arc<Socket>,
    peer: Option<SocketAddr>,
    /// Where the client has found us, for SERVER_NAME and SERVER_PORT.
    name_and_port: (String, String),
    inbound: Option<Inbound>,
}

/// What a request's head says of the rest.
struct Request {
    protocol: Protocol,
    body: RequestBody,
    /// Does the client wait for `100 Continue`?
    expects: bool,
}

impl serving::Connection for Connection {
    fn visit(
        &mut self,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Next {
        let Some(mut inbound) = self.inbound.take() else {
            return Next::Close;
        };
        for _ in 0..BLOCKS {
            let head = match inbound.next(&self.settings.limits) {
                Ok(Arrival::End) => return Next::Close,
                Ok(Arrival::Head(length)) => Some(Ok(length)),
                Ok(Arrival::Nothing) => None,
                Err(no) => Some(Err(no)),
            };
            if let Some(head) = head {
                return self.answer(inbound, head, app, environ);
            }
            match inbound.read_now() {
                Ok(0) => return Next::Close,
                Ok(_) => {}
                Err(e) if e.kind() != ErrorKind::WouldBlock => {
                    return Next::Close;
                }
                Err(_) if !is_over(inbound.until) => {
                    let next = Next::Wait(inbound.until);
                    self.inbound = Some(inbound);
                    return next;
                }
                Err(_) => {
                    return match inbound.lateness() {
                        Some(no) => {
                            self.answer(inbound, Err(no), app, environ)
                        }
                        None => Next::Close,
                    };
                }
            }
        }
        self.inbound = Some(inbound);
        Next::Again
    }

    fn socket(&self) -> Arc<Socket> {
        Arc::clone(&self.socket)
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
            settings,
            socket,
            peer,
            inbound: Some(inbound),
        }
    }

    /// Answers the request whose head is so long, or was refused.
    fn answer(
        &mut self,
        mut inbound: Inbound,
        head: Result<usize, Failure>,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Next {
        environ.errors = self.settings.errors.clone();
        environ.multithread = true;
        fill_addresses(environ, &self.name_and_port, self.peer);
        let entry = self.entry(&inbound);
        let request = head.and_then(|length| {
            let head = &inbound.arrived()[..length];
            let request = self.read(head, environ)?;
            let limits = &self.settings.limits;
            inbound.begin(length, request.body, limits);
            Ok(request)
        });
        let mut inbound = Some(inbound);
        let outcome = match request {
            Ok(request) => {
                self.run(&request, &mut inbound, app, environ)
            }
            Err(no) => {
                exchange::run(&no, environ, CLOSE, &mut self.out())
            }
        };
        environ.reset();
        if let (Some(log), Some(entry)) =
            (&self.settings.access_log, entry)
        {
            entry.write(log, &outcome);
        }
        match (outcome.end, &mut inbound) {
            (End::Keep, Some(inbound)) => {
                inbound.end(&self.settings.limits);
            }
            (End::Close, Some(_)) => return Next::Leave(None),
            (End::Reset, _) => {
                self.socket.reset();
                return Next::Close;
            }
            // A thread of the application's still reads: it fails now.
            (_, None) => {
                self.socket.cut();
                return Next::Close;
            }
            _ => return Next::Close,
        }
        self.inbound = inbound;
        Next::Again
    }

    fn entry(&self, inbound: &Inbound) -> Option<Entry> {
        self.settings.access_log.as_ref()?;
        let (line, _) = head::split_line(inbound.arrived());
        // Cut: a client could make a line of any length.
        let line = &line[..line.len().min(TARGET_LIMIT)];
        let line = String::from_utf8_lossy(line).into_owned();
        let client = self.peer.map(|peer| peer.ip());
        Some(Entry::new(client, line))
    }

    /// Reads a head into the environ.
    fn read(
        &self,
        head: &[u8],
        environ: &mut Environ,
    ) -> Result<Request, Failure> {
        let mut fields = head::NO_FIELDS;
        let head = head::parse(head, &mut fields)?;
        let expects = head.expects_continue();
        let limit = self.settings.limits.body;
        match head.check().and_then(|body| body.within(limit)) {
            Ok(body) => {
                head.fill(environ);
                let protocol = head.protocol();
                Ok(Request { protocol, body, expects })
            }
            Err(no) => {
                head.fill_refused(environ);
                Err(no)
            }
        }
    }

    fn run(
        &self,
        request: &Request,
        inbound: &mut Option<Inbound>,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Outcome {
        let (protocol, out) = (request.protocol, &mut self.out());
        if request.body == RequestBody::Length(0) {
            return exchange::run(app, environ, protocol, out);
        }
        let lent = Arc::new(Lent {
            expects: Mutex::new(request.expects),
            inbound: Mutex::new(inbound.take()),
        });
        let input = Input(Arc::clone(&lent));
        environ.input = Box::new(BufReader::new(input));
        let theirs = Arc::clone(&lent);
        let keeps: Box<dyn Fn() -> bool> =
            Box::new(move || theirs.keeps());
        let outcome =
            exchange::run_on(app, environ, protocol, Some(keeps), out);
        if let Ok(mut lent) = lent.inbound.try_lock() {
            *inbound = lent.take();
        }
        outcome
    }

    fn out(&self) -> Out<'_> {
        let patience = Patience::with_reader(self.settings.limits.wait);
        Out { socket: &self.socket, patience }
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

impl Lent {
    /// May the connection serve another request? It is asked when the
    /// answer's head is made, which has to say it (RFC 9112, section
    /// 9.6). From then on it is too late for `100 Continue`.
    fn keeps(&self) -> bool {
        // Whether a body will come now, only the client knows.
        let is_owed = std::mem::take(&mut *lock(&self.expects));
        let inbound = self.inbound.try_lock();
        let can_go_on = inbound.is_ok_and(|inbound| {
            inbound.as_ref().is_some_and(Inbound::can_go_on)
        });
        can_go_on && !is_owed
    }
}

/// `wsgi.input`.
struct Input(Arc<Lent>);

impl Read for Input {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut inbound = lock(&self.0.inbound);
        let Some(inbound) = &mut *inbound else {
            return Err(io::Error::other(GONE));
        };
        let mut expects = lock(&self.0.expects);
        if *expects {
            *expects = false;
            let mut patience = Patience::with_sender(BRIEFLY);
            inbound.socket.write(CONTINUE, &mut patience)?;
        }
        drop(expects);
        inbound.read(to)
    }
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// For these few bytes there is room, unless the client has not read
/// its last answers.
const BRIEFLY: std::time::Duration = std::time::Duration::from_secs(1);

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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
