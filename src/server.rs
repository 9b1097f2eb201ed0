//! A standalone server on `tiny_http`, for learning and development.
//!
//! Nothing outside this file knows tiny_http.

use crate::access_log::Entry;
use crate::exchange::{self, Outcome};
use crate::request_head::{
    Field, RequestBody, RequestHead, address_and_port, fill_addresses,
    name_and_port,
};
use crate::{Application, Environ, ErrorLog, Failure};
use crate::{command_line, input, program};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use std::{env, fmt, thread};
use tiny_http::{Header, Request};

/// A server that is listening.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// let server = gateway::server::Server::bind("127.0.0.1:8000")?;
/// println!("Serving at http://{}", server.address());
/// server.serve(application)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    listener: Arc<tiny_http::Server>,
    address: SocketAddr,
    /// The address as text, for SERVER_NAME and SERVER_PORT.
    name_and_port: (String, String),
    threads: usize,
    body_limit: u64,
    errors: ErrorLog,
    access_log: Option<ErrorLog>,
}

/// Stops a [`Server`] from another thread.
#[derive(Clone, Debug)]
pub struct Stopper(Weak<tiny_http::Server>);

impl Stopper {
    /// Lets [`Server::serve`] return when the requests that are under
    /// way are answered.
    pub fn stop(&self) {
        if let Some(listener) = self.0.upgrade() {
            listener.unblock(); // one worker, which wakes the next
        }
    }
}

/// Serves an application as the command line and the variable `PORT`
/// say, until Ctrl-C or SIGTERM: the whole of a program's `main`.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// fn main() -> std::process::ExitCode {
///     gateway::server::run(application)
/// }
/// ```
pub fn run(app: impl Application + Sync) -> ExitCode {
    run_with(app, env::args_os().skip(1), "")
}

/// As [`run`], for a program with options of its own: it has taken
/// them out of the arguments, and `help` has a line for each.
pub fn run_with(
    app: impl Application + Sync,
    arguments: impl IntoIterator<Item = OsString>,
    help: &str,
) -> ExitCode {
    command_line::run(arguments, help, |address, threads| {
        let server = Server::bind(address)?.threads(threads);
        Ok(server.access_log(ErrorLog::stderr()).run(app))
    })
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({:?})", self.address)
    }
}

impl Server {
    /// Listens at an address, such as `127.0.0.1:8000`; port 0 takes
    /// one that is free.
    ///
    /// # Errors
    ///
    /// The address cannot be had, most often because another program
    /// is listening there.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        // Accepted connections inherit its options.
        let options = socket2::SockRef::from(&socket);
        // Without it the end of an answer waits 40 ms for the client to
        // acknowledge its start.
        options.set_tcp_nodelay(true)?;
        options.set_write_timeout(Some(WRITE_LIMIT))?;
        let address = socket.local_addr()?;
        let listener = tiny_http::Server::from_listener(socket, None)
            .map_err(io::Error::other)?;
        Ok(Self {
            listener: Arc::new(listener),
            address,
            name_and_port: name_and_port(address),
            threads: 4,
            body_limit: 1 << 30,
            errors: ErrorLog::stderr(),
            access_log: None,
        })
    }

    /// The address that it listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests are served at a time.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Where `wsgi.errors` goes: standard error unless this is said.
    pub fn errors(mut self, errors: ErrorLog) -> Self {
        self.errors = errors;
        self
    }

    /// Where a line for each request goes, in the common log format;
    /// nowhere unless this is said.
    pub fn access_log(mut self, log: ErrorLog) -> Self {
        self.access_log = Some(log);
        self
    }

    /// The longest request body, in bytes; 1 GiB unless this is said.
    pub fn body_limit(mut self, limit: u64) -> Self {
        self.body_limit = limit;
        self
    }

    /// A handle that stops it.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::downgrade(&self.listener))
    }

    /// Serves until it is stopped, and then listens no longer.
    ///
    /// Connections that clients keep open stay open until the process
    /// ends, and nothing that they still ask is answered: tiny_http
    /// has no way to close them.
    ///
    /// # Errors
    ///
    /// tiny_http has ended, for instance because the process has too
    /// many files open; or a thread cannot be had.
    pub fn serve(self, app: impl Application + Sync) -> io::Result<()> {
        let work = || self.work(&app);
        let worker = || loop {
            // tiny_http panics at the greatest Content-Length.
            if let Ok(ended) = catch_unwind(AssertUnwindSafe(work)) {
                self.listener.unblock(); // the next worker
                return ended;
            }
        };
        thread::scope(|scope| {
            let start = |_| {
                let thread =
                    thread::Builder::new().spawn_scoped(scope, worker);
                thread.inspect_err(|_| self.listener.unblock())
            };
            let threads: Vec<_> =
                (0..self.threads).map(start).collect();
            threads.into_iter().try_for_each(|thread| {
                thread?.join().unwrap_or(Ok(())) // it does not panic
            })
        })
    }

    /// Serves until Ctrl-C or SIGTERM, as a program's `main` does: it
    /// says where it listens, and ends with an error if a request is
    /// not over some seconds after the signal.
    pub fn run(self, app: impl Application + Sync) -> ExitCode {
        let stopper = self.stopper();
        program::on_signal(STOP_LIMIT, move || stopper.stop());
        let line = format!("Serving at http://{}", self.address);
        program::say(&mut io::stdout(), &line);
        program::exit_code(self.serve(app))
    }

    fn work(&self, app: &dyn Application) -> io::Result<()> {
        let log = self.access_log.as_ref();
        let mut environ = Environ::new();
        // `recv` would take a stop for an error.
        let next = || self.listener.recv_timeout(Duration::MAX);
        while let Some(request) = next()? {
            let entry = log.map(|log| (log, entry(&request)));
            let outcome = self.answer(app, &mut environ, request);
            if let Some((log, entry)) = entry {
                entry.write(log, &outcome);
            }
            environ.reset();
        }
        Ok(())
    }

    fn answer(
        &self,
        app: &dyn Application,
        environ: &mut Environ,
        request: Request,
    ) -> Outcome {
        environ.errors = self.errors.clone();
        environ.multithread = self.threads > 1;
        environ.is_open =
            !self.address.ip().to_canonical().is_loopback();
        let client = request.remote_addr().copied();
        let client = client.map(address_and_port);
        fill_addresses(environ, &self.name_and_port, client.as_ref());
        let fields: Vec<_> =
            request.headers().iter().map(field).collect();
        let head = head(&request, &fields);
        let limit = self.body_limit;
        let checked = head.read_into(environ, limit);
        let mut protocol = head.protocol();
        let mut length = head.body().map(RequestBody::length);
        if is_upgrade(&head) {
            protocol = protocol.closing();
            length = length.and_then(no_chunks);
        }
        let skip = if let Ok(None) = length { limit } else { 0 };
        let lent = Some(Lent { request, skip });
        let input = Input(Arc::new(Mutex::new(lent)));
        let writer = Box::new(io::sink());
        let mut out = Out { input: input.clone(), writer };
        let outcome = match checked.and(length) {
            Ok(length) => {
                environ.input = input::body(input, length, limit);
                exchange::run(app, environ, protocol, &mut out)
            }
            Err(no) => exchange::run(&no, environ, protocol, &mut out),
        };
        // A client that has gone need not be told.
        let _ = out.flush();
        outcome
    }
}

/// How long a stop waits for the requests that are under way.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long a client may leave an answer unread before it is given up.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

fn field(header: &Header) -> Field<'_> {
    (header.field.as_str().as_str(), header.value.as_bytes())
}

fn head<'a>(
    request: &'a Request,
    fields: &'a [Field<'a>],
) -> RequestHead<'a> {
    let version = request.http_version();
    RequestHead {
        method: request.method().as_str(),
        target: request.url().as_bytes(),
        version: (version.0, version.1),
        fields,
    }
}

fn entry(request: &Request) -> Entry {
    let client = request.remote_addr().map(SocketAddr::ip);
    let (method, target) = (request.method().as_str(), request.url());
    let version = request.http_version();
    // Cut: a client could make a line of any length.
    let line = format!("{method:.100} {target:.8192} HTTP/{version}");
    Entry::new(client, line)
}

/// Will tiny_http hand over the bare connection instead of a body, and
/// serve no other request on it?
fn is_upgrade(head: &RequestHead) -> bool {
    let first = head.values("Connection").next().unwrap_or_default();
    first.to_ascii_lowercase().windows(7).any(|w| w == b"upgrade")
}

fn no_chunks(length: Option<u64>) -> Result<Option<u64>, Failure> {
    let reason = "an upgrade with a body in chunks";
    let no = Failure::new("501 Not Implemented", reason);
    length.map(Some).ok_or(no)
}

/// A request whose answer has not begun, and how many bytes of its
/// body are to be skipped when it does.
struct Lent {
    request: Request,
    skip: u64,
}

/// `wsgi.input`. tiny_http gives out the body or the way to answer, and
/// never both.
#[derive(Clone)]
struct Input(Arc<Mutex<Option<Lent>>>);

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let gone = || io::Error::other(GONE);
        let mut lent = self.0.lock().map_err(|_| gone())?;
        let lent = lent.as_mut().ok_or_else(gone)?;
        let read = lent.request.as_reader().read(buffer);
        read.map_err(|error| {
            lent.skip = 0; // nobody knows where the body ends
            Failure::bad_request(format!("body: {error}")).into()
        })
    }
}

const GONE: &str =
    "the request's body was let go when the answer began";

/// Where the answer goes.
struct Out {
    input: Input,
    /// Nowhere, while the request is there.
    writer: Box<dyn Write>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lent = self.input.0.lock().map(|mut lent| lent.take());
        if let Ok(Some(Lent { mut request, skip })) = lent {
            // It also sends the `100 Continue` that is still owed,
            // without which the client would not send what is to be
            // skipped.
            let mut rest = request.as_reader().take(skip);
            // The answer is ready; what is wrong with the rest of the
            // body cannot change it any more.
            let _ = io::copy(&mut rest, &mut io::sink());
            self.writer = request.into_writer();
        }
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
