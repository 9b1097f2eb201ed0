//! A worker: takes what has arrived on a connection, and answers it.

use super::Server;
use super::connection::{Arrival, Connection, Input, Out, SKIP_LIMIT};
use super::head;
use crate::access_log::Entry;
use crate::exchange::{self, End, Outcome, Protocol};
use crate::request_head::{
    RequestBody, RequestHead, TARGET_LIMIT, fill_addresses,
};
use crate::{Application, Environ, Failure};
use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

pub(crate) struct Worker<'a> {
    server: &'a Server,
    app: &'a dyn Application,
    /// The same for all requests: its memory is used again.
    environ: Environ,
}

/// What a request's head says of the rest.
pub(crate) struct Request {
    protocol: Protocol,
    pub(crate) body: RequestBody,
    /// Does the client wait for `100 Continue`?
    pub(crate) expects: bool,
}

/// How a refusal is answered, and whoever may be closed on.
const CLOSE: Protocol = Protocol::Http { minor: 1, keep_alive: false };

impl<'a> Worker<'a> {
    pub(crate) fn new(
        server: &'a Server,
        app: &'a dyn Application,
    ) -> Self {
        Self { server, app, environ: Environ::new() }
    }

    /// Works until the server is stopped.
    pub(crate) fn work(mut self) -> io::Result<()> {
        let (waiting, errors) =
            (&self.server.waiting, &self.server.errors);
        loop {
            match waiting.next(&self.server.limits, errors) {
                Ok(Some(connection)) => self.attend(connection),
                Ok(None) => return Ok(()),
                Err(error) => {
                    waiting.ask_to_stop();
                    return Err(error);
                }
            }
        }
    }

    /// Does for a connection what can be done now.
    fn attend(&mut self, connection: Arc<Connection>) {
        let (waiting, place) = (&self.server.waiting, connection.place);
        let end = match connection.receive(&self.server.limits) {
            Ok(Arrival::Nothing(until)) => {
                return waiting.wait(place, until);
            }
            Ok(Arrival::Waste) => End::Keep,
            Ok(Arrival::End) => End::Gone,
            Ok(Arrival::Head(length)) => {
                self.answer(&connection, Ok(length))
            }
            Err(no) => self.answer(&connection, Err(no)),
        };
        match end {
            End::Keep => waiting.again(connection),
            End::Close => {
                connection.leave();
                waiting.again(connection);
            }
            End::Cut | End::Reset | End::Gone => waiting.close(place),
        }
    }

    /// Answers the request whose head is so long, or was refused.
    pub(crate) fn answer(
        &mut self,
        connection: &Arc<Connection>,
        head: Result<usize, Failure>,
    ) -> End {
        self.prepare(connection);
        let entry = self.entry(connection);
        let request = head.and_then(|length| {
            let mut inbound = connection.inbound();
            let request = self.read(&inbound.arrived()[..length])?;
            inbound.begin(length, &request, &self.server.limits);
            Ok(request)
        });
        let outcome = self.run(connection, request);
        self.environ.reset();
        if let (Some(log), Some(entry)) =
            (&self.server.access_log, entry)
        {
            entry.write(log, &outcome);
        }
        match outcome.end {
            End::Keep => connection.end(&self.server.limits),
            end => end,
        }
    }

    fn prepare(&mut self, connection: &Connection) {
        let environ = &mut self.environ;
        environ.errors = self.server.errors.clone();
        environ.multithread = self.server.threads > 1;
        let name_and_port = &self.server.name_and_port;
        fill_addresses(environ, name_and_port, connection.peer);
    }

    fn entry(&self, connection: &Connection) -> Option<Entry> {
        self.server.access_log.as_ref()?;
        let inbound = connection.inbound();
        let (line, _) = head::split_line(inbound.arrived());
        // Cut: a client could make a line of any length.
        let line = &line[..line.len().min(TARGET_LIMIT)];
        let line = String::from_utf8_lossy(line).into_owned();
        let client = connection.peer.map(|peer| peer.ip());
        Some(Entry::new(client, line))
    }

    /// Reads a head into the environ.
    fn read(&mut self, head: &[u8]) -> Result<Request, Failure> {
        let mut fields = head::NO_FIELDS;
        let head = head::parse(head, &mut fields)?;
        let expects = head.expects_continue();
        let limit = self.server.limits.body;
        match head.check().and_then(|body| body.within(limit)) {
            Ok(body) => {
                head.fill(&mut self.environ);
                let protocol = protocol(&head, &body);
                Ok(Request { protocol, body, expects })
            }
            Err(no) => {
                head.fill_refused(&mut self.environ);
                Err(no)
            }
        }
    }

    fn run(
        &mut self,
        connection: &Arc<Connection>,
        request: Result<Request, Failure>,
    ) -> Outcome {
        let (environ, limits) =
            (&mut self.environ, &self.server.limits);
        let mut out = Out::new(connection, limits);
        let request = match request {
            Ok(request) => request,
            Err(no) => {
                return exchange::run(&no, environ, CLOSE, &mut out);
            }
        };
        environ.input = input(connection, request.body);
        let protocol = request.protocol;
        let outcome =
            exchange::run(self.app, environ, protocol, &mut out);
        if outcome.end == End::Reset {
            connection.socket.reset();
        }
        outcome
    }
}

/// Nobody can know whether a long body will be read. If it is not, the
/// connection is closed, and the client has to be told before it sends
/// the next request (RFC 9112, section 9.6).
fn protocol(head: &RequestHead, body: &RequestBody) -> Protocol {
    let is_long = matches!(body, RequestBody::Length(length)
        if *length > SKIP_LIMIT);
    match is_long {
        true => head.protocol().closing(),
        false => head.protocol(),
    }
}

/// `wsgi.input`.
fn input(
    connection: &Arc<Connection>,
    body: RequestBody,
) -> Box<dyn BufRead + Send> {
    match body {
        RequestBody::Length(0) => Box::new(io::empty()),
        _ => Box::new(BufReader::new(Input::new(connection))),
    }
}
