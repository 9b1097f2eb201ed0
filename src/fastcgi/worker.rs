//! A thread's work: the requests of a connection, one after another.

use super::Server;
use super::inbound::{Event, Inbound};
use super::pairs::{Cut, Pairs};
use super::request::{Errors, Input, Out, Outbound, Request};
use crate::exchange::{self, End, Outcome, Protocol};
use crate::{Application, Environ, ErrorLog, Failure, cgi, input};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) struct Worker<'a> {
    server: &'a Server,
    app: &'a dyn Application,
    /// The same for all requests: its memory is used again.
    environ: Environ,
}

/// How much is read at a time, in bytes.
const BLOCK: usize = 8192;

/// The most variables that a request may have.
const COUNT_LIMIT: usize = 1000;

/// How long a web server has to read the last answer.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

impl<'a> Worker<'a> {
    pub(crate) fn new(
        server: &'a Server,
        app: &'a dyn Application,
    ) -> Self {
        Self { server, app, environ: Environ::new() }
    }

    /// Serves a connection until it is closed. A web server may go as
    /// it likes; what makes no sense is a line in the log.
    pub(crate) fn attend_to_end(&mut self, stream: TcpStream) {
        if let Err(e) = self.attend(stream, BLOCK)
            && e.kind() == ErrorKind::InvalidData
        {
            let complaint = format!("a connection is given up: {e}");
            // Nobody is left to be told that a log cannot be written.
            let _ = writeln!(self.server.errors.clone(), "{complaint}");
        }
    }

    pub(crate) fn attend(
        &mut self,
        stream: TcpStream,
        buffer: usize,
    ) -> io::Result<()> {
        let server = self.server;
        let mut inbound =
            Inbound::new(stream.try_clone()?, buffer, &server.limits);
        let stream = Arc::new(stream);
        let mut outbound = Outbound::new(Arc::clone(&stream));
        let mut is_new = true;
        while inbound.keep || !inbound.is_idle() {
            let is_idle = inbound.is_idle();
            let wait = || inbound.wait(is_new);
            if is_idle && !server.pool.wait_idle(&stream, is_new, wait)
            {
                break;
            }
            match inbound.next()? {
                Event::Request => {
                    is_new = false;
                    let ends = self.answer(inbound, outbound);
                    let Some(ends) = ends else { return Ok(()) };
                    (inbound, outbound) = ends;
                }
                Event::Abort => outbound.end(inbound.end())?,
                Event::Reply(record) => outbound.reply(&record)?,
                Event::Nothing => {}
                Event::End => return Ok(()),
            }
        }
        leave(&stream);
        Ok(())
    }

    /// Answers a request. There is nothing left of the connection if
    /// the answer was cut short: closing it says so.
    fn answer(
        &mut self,
        inbound: Inbound,
        mut outbound: Outbound,
    ) -> Option<(Inbound, Outbound)> {
        outbound.id = inbound.id;
        let filled = self.fill(&inbound);
        let request = Arc::new(Request::new(inbound, outbound));
        request.look();
        self.environ.errors = ErrorLog::new(Errors {
            request: Arc::clone(&request),
            afterwards: self.server.errors.clone(),
        });
        let outcome = match filled.and_then(|()| self.open(&request)) {
            Ok(()) => self.run(self.app, &request),
            Err(no) => self.run(&no, &request),
        };
        // With the old log goes its last line, even an unfinished one.
        self.environ.errors = self.server.errors.clone();
        let ends = request.take();
        let is_told = match outcome.end {
            End::Keep | End::Close => true,
            End::Cut | End::Reset | End::Gone => request.is_aborted(),
        };
        let ends = ends.filter(|_| is_told).and_then(|mut ends| {
            let (inbound, outbound) = (&mut ends.0, &mut ends.1);
            outbound.end(inbound.end()).is_ok().then_some(ends)
        });
        self.environ.reset();
        ends
    }

    fn run(&mut self, app: &dyn Application, to: &Request) -> Outcome {
        let environ = &mut self.environ;
        let mut out = Out { request: to, has_begun: false };
        self.server.turns.take(|| {
            exchange::run(app, environ, Protocol::Cgi, &mut out)
        })
    }

    /// Reads the variables into the environ.
    fn fill(&mut self, inbound: &Inbound) -> Result<(), Failure> {
        let (environ, server) = (&mut self.environ, self.server);
        environ.multithread = server.threads > 1;
        environ.multiprocess = server.is_shared;
        let length = inbound.params_length;
        let is_too_long = length > server.limits.params;
        for (count, pair) in Pairs(&inbound.params).enumerate() {
            match pair {
                Ok(_) if count == COUNT_LIMIT => {
                    return too_many("too many variables".into());
                }
                Ok((name, value)) => {
                    environ.set(&String::from_utf8_lossy(name), value);
                }
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
    fn open(&mut self, request: &Arc<Request>) -> Result<(), Failure> {
        let limit = self.server.limits.body;
        let stated = self.environ.bytes("CONTENT_LENGTH");
        let length = input::content_length(stated)?;
        if length > limit {
            return Err(input::too_large(limit));
        }
        let input = Input(Arc::clone(request));
        self.environ.input = match stated {
            Some([_, ..]) => input::body(input, Some(length), limit),
            _ if request.is_whole() => Box::new(io::empty()),
            _ => input::body(input, None, limit),
        };
        Ok(())
    }
}

fn too_many(reason: String) -> Result<(), Failure> {
    let status = "431 Request Header Fields Too Large";
    Err(Failure::new(status, reason))
}

/// Says goodbye. To close while something is unread would take back
/// what the web server has not read yet.
fn leave(mut stream: &TcpStream) {
    let until = Instant::now() + LEAVE_LIMIT;
    let mut block = [0; BLOCK];
    // Whatever fails here, it is over.
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(LEAVE_LIMIT));
    while Instant::now() < until
        && stream.read(&mut block).is_ok_and(|length| length > 0)
    {}
}
