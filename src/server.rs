//! A standalone server on `tiny_http`, for learning and development.
//!
//! Nothing outside this file knows tiny_http.

use crate::access_log::Entry;
use crate::command_line::Flags;
use crate::exchange::{self, Outcome, Protocol};
use crate::request_head::{
    Field, RequestBody, RequestHead, address_and_port, fill_addresses,
    name_and_port,
};
use crate::{Application, Environ, ErrorLog, Failure, input, program};
use std::ffi::OsString;
use std::io::{self, BufRead, Read, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{Builder, scope};
use std::time::Duration;
use std::{env, fmt};
use tiny_http::Request;

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
    is_stopping: Arc<AtomicBool>,
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
pub struct Stopper {
    listener: Weak<tiny_http::Server>,
    is_stopping: Arc<AtomicBool>,
}

impl Stopper {
    /// Lets [`Server::serve`] return when the requests that are under
    /// way are answered.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
        if let Some(listener) = self.listener.upgrade() {
            listener.unblock(); // one thread, which wakes the next
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
    let served = match Flags::parse(arguments, help) {
        Ok(flags) => serve(app, &flags),
        Err(exit) => return exit,
    };
    program::exit_code(served)
}

fn serve(
    app: impl Application + Sync,
    flags: &Flags,
) -> io::Result<()> {
    let server = Server::bind(flags.address())
        .map_err(|error| flags.explain(error))?
        .threads(flags.threads)
        .access_log(ErrorLog::stderr());
    let stopper = server.stopper();
    program::on_signal(STOP_LIMIT, move || stopper.stop());
    let line = format!("Serving at http://{}", server.address());
    program::say(&mut io::stdout(), &line);
    server.serve(app)
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
        set_options(&socket)?;
        let address = socket.local_addr()?;
        let listener = tiny_http::Server::from_listener(socket, None)
            .map_err(io::Error::other)?;
        Ok(Self {
            listener: Arc::new(listener),
            is_stopping: Arc::default(),
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
        Stopper {
            listener: Arc::downgrade(&self.listener),
            is_stopping: Arc::clone(&self.is_stopping),
        }
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
        scope(|scope| {
            let start = |_| {
                let work = || self.work(&app);
                let worker = Builder::new().spawn_scoped(scope, work);
                worker.inspect_err(|_| self.stopper().stop())
            };
            let workers: io::Result<Vec<_>> =
                (0..self.threads).map(start).collect();
            workers?.into_iter().try_for_each(|worker| {
                let ended = worker.join();
                ended.unwrap_or_else(|_| Err(io::Error::other("panic")))
            })
        })
    }

    fn work(&self, app: &dyn Application) -> io::Result<()> {
        loop {
            match self.listener.recv() {
                Ok(request) => self.answer(app, request),
                Err(_) if self.is_stopping.load(Ordering::Acquire) => {
                    self.stopper().stop(); // the next thread
                    return Ok(());
                }
                Err(error) => {
                    self.stopper().stop();
                    return Err(error);
                }
            }
        }
    }

    fn answer(&self, app: &dyn Application, request: Request) {
        let entry = self.access_log.as_ref().map(|_| entry(&request));
        let fields = fields(&request);
        let head = head(&request, &fields);
        let (protocol, skip) = (protocol(&head), self.skip(&head));
        let checked = self.check(&head);
        let mut environ = self.environ(&request, &head, &checked);
        let input = Input::new(request, skip);
        let outcome = match checked {
            Ok(body) => {
                environ.input = input.until_end(body, self.body_limit);
                input.answer(app, &mut environ, protocol)
            }
            Err(no) => input.answer(&no, &mut environ, protocol),
        };
        if let (Some(log), Some(entry)) = (&self.access_log, entry) {
            entry.write(log, &outcome);
        }
    }

    fn environ(
        &self,
        request: &Request,
        head: &RequestHead,
        checked: &Result<RequestBody, Failure>,
    ) -> Environ {
        let client = request.remote_addr().copied();
        let client = client.map(address_and_port);
        let mut environ = Environ::new();
        environ.errors = self.errors.clone();
        environ.multithread = self.threads > 1;
        let client = client.as_ref();
        fill_addresses(&mut environ, &self.name_and_port, client);
        match checked {
            Ok(_) => head.fill(&mut environ),
            Err(_) => head.fill_refused(&mut environ),
        }
        environ
    }

    fn check(
        &self,
        head: &RequestHead,
    ) -> Result<RequestBody, Failure> {
        match head.check()?.within(self.body_limit)? {
            RequestBody::Chunked if is_upgrade(head) => {
                let reason = "an upgrade with a body in chunks";
                Err(Failure::new("501 Not Implemented", reason))
            }
            body => Ok(body),
        }
    }

    /// How much to read of a body that the application has left.
    ///
    /// tiny_http does it for those with a Content-Length. It would take
    /// the rest of the others for the next request.
    fn skip(&self, head: &RequestHead) -> u64 {
        match head.body() {
            Ok(RequestBody::Chunked) if !is_upgrade(head) => {
                self.body_limit
            }
            _ => 0,
        }
    }
}

/// How long a stop waits for the requests that are under way.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long a client may leave an answer unread before it is given up.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// Accepted connections inherit them from the one that listens.
fn set_options(socket: &TcpListener) -> io::Result<()> {
    let socket = socket2::SockRef::from(socket);
    // Without it the end of an answer waits 40 ms for the client to
    // acknowledge its start.
    socket.set_tcp_nodelay(true)?;
    socket.set_write_timeout(Some(WRITE_LIMIT))
}

fn fields(request: &Request) -> Vec<Field<'_>> {
    let fields = request.headers().iter().map(|header| {
        let name = header.field.as_str().as_str();
        (name, header.value.as_bytes())
    });
    fields.collect()
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

/// tiny_http serves no other request after one to upgrade.
fn protocol(head: &RequestHead) -> Protocol {
    match is_upgrade(head) {
        true => head.protocol().closing(),
        false => head.protocol(),
    }
}

/// Will tiny_http hand over the connection instead of a body?
fn is_upgrade(head: &RequestHead) -> bool {
    let first = head.values("Connection").next().unwrap_or_default();
    first.to_ascii_lowercase().windows(7).any(|w| w == b"upgrade")
}

/// A request, of which tiny_http gives out the body or the way to
/// answer, and never both.
struct Wire {
    request: Option<Request>,
    skip: u64,
}

impl Wire {
    fn writer(&mut self) -> Option<Box<dyn Write + Send>> {
        let mut request = self.request.take()?;
        // It also sends the `100 Continue` that is still owed, without
        // which the client would not send what is to be skipped.
        let mut rest = request.as_reader().take(self.skip);
        // The answer is ready; what is wrong with the rest of the body
        // cannot change it any more.
        let _ = io::copy(&mut rest, &mut io::sink());
        Some(request.into_writer())
    }
}

/// `wsgi.input`, until the answer begins.
#[derive(Clone)]
struct Input(Arc<Mutex<Wire>>);

impl Input {
    fn new(request: Request, skip: u64) -> Self {
        let wire = Wire { request: Some(request), skip };
        Self(Arc::new(Mutex::new(wire)))
    }

    fn answer(
        &self,
        app: &dyn Application,
        environ: &mut Environ,
        protocol: Protocol,
    ) -> Outcome {
        let mut out = Out { input: self.clone(), writer: None };
        let outcome = exchange::run(app, environ, protocol, &mut out);
        // A client that has gone need not be told.
        let _ = out.flush();
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn until_end(
        &self,
        body: RequestBody,
        limit: u64,
    ) -> Box<dyn BufRead + Send> {
        let length = match body {
            RequestBody::Length(length) => Some(length),
            RequestBody::Chunked => None,
        };
        input::body(self.clone(), length, limit)
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.lock();
        let Some(request) = &mut wire.request else {
            return Err(io::Error::other(GONE));
        };
        let read = request.as_reader().read(buffer);
        read.map_err(|error| {
            wire.skip = 0; // nobody knows where the body ends
            Failure::bad_request(format!("body: {error}")).into()
        })
    }
}

const GONE: &str =
    "the request's body was let go when the answer began";

/// Where the answer goes.
struct Out {
    input: Input,
    writer: Option<Box<dyn Write + Send>>,
}

impl Out {
    fn writer(&mut self) -> io::Result<&mut Box<dyn Write + Send>> {
        if self.writer.is_none() {
            self.writer = self.input.lock().writer();
        }
        self.writer
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer()?.flush()
    }
}
