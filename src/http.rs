//! A standalone server that can stand in the open: HTTP/1.1 and 1.0,
//! from the socket up.

mod chunks;
mod connection;
mod head;
mod socket;
mod stop;
mod turn;
mod waiting;
mod worker;

use crate::command_line::{self, Flags};
use crate::request_head::name_and_port;
use crate::{Application, ErrorLog, program};
use socket::Listener;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::{Arc, Weak};
use std::thread::{Builder, scope};
use std::time::Duration;
use std::{env, fmt};
use waiting::Waiting;
use worker::Worker;

/// A server that is listening.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// let server = gateway::http::Server::bind("127.0.0.1:8000")?;
/// server.serve(application)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    waiting: Arc<Waiting>,
    address: SocketAddr,
    /// The address as text, for SERVER_NAME and SERVER_PORT.
    name_and_port: (String, String),
    threads: usize,
    limits: Limits,
    errors: ErrorLog,
    access_log: Option<ErrorLog>,
}

/// How much a client may ask of a [`Server`].
///
/// ```
/// let limits = gateway::http::Limits {
///     body: 1 << 20,
///     ..Default::default()
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body, in bytes.
    pub body: u64,
    /// How many connections are held at a time. Others wait to be
    /// accepted.
    pub connections: usize,
    /// How long a connection without a request is kept.
    pub idle: Duration,
    /// How long a request's head may take, from its first byte on.
    pub head: Duration,
    /// How long a client may keep a worker waiting, for a body or with
    /// an answer. Each 1000 bytes that get through are worth a second.
    pub wait: Duration,
    /// How long a stop waits for the requests that are under way.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 30,
            connections: 20_000,
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
            wait: Duration::from_secs(20),
            stop: Duration::from_secs(10),
        }
    }
}

/// Stops a [`Server`] from another thread.
#[derive(Clone, Debug)]
pub struct Stopper(Weak<Waiting>);

impl Stopper {
    /// Lets [`Server::serve`] return when the requests that are under
    /// way are answered. New connections are refused from now on.
    pub fn stop(&self) {
        if let Some(waiting) = self.0.upgrade() {
            waiting.ask_to_stop();
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
///     gateway::http::run(application)
/// }
/// ```
pub fn run(app: impl Application + Sync) -> ExitCode {
    let served = match Flags::parse(env::args_os().skip(1), "") {
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
    program::on_signal(move || stopper.stop());
    command_line::say_address(server.address);
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
        Self::listen(Listener::tcp(address)?)
    }

    /// Listens at a Unix socket, a file that must not be there yet,
    /// and which stays there afterwards.
    ///
    /// Clients have no address, and SERVER_NAME is `localhost`.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    #[cfg(unix)]
    pub fn bind_unix(
        path: impl AsRef<std::path::Path>,
    ) -> io::Result<Self> {
        let listener = mio::net::UnixListener::bind(path)?;
        Self::listen(Listener::Unix(listener))
    }

    fn listen(listener: Listener) -> io::Result<Self> {
        let address = listener.address();
        let unnamed = || ("localhost".into(), "80".into());
        let nowhere = (Ipv4Addr::UNSPECIFIED, 0).into();
        Ok(Self {
            waiting: Arc::new(Waiting::new(listener)?),
            address: address.unwrap_or(nowhere),
            name_and_port: address.map_or_else(unnamed, name_and_port),
            threads: 4,
            limits: Limits::default(),
            errors: ErrorLog::stderr(),
            access_log: None,
        })
    }

    /// The address that it listens at; `0.0.0.0:0`, which is none, if
    /// that is a Unix socket.
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

    /// How much a client may ask; [`Limits::default`] unless this is
    /// said.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A handle that stops it.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::downgrade(&self.waiting))
    }

    /// Serves until it is stopped. The requests that are under way
    /// then are answered, if that can be done within the limit; other
    /// connections are closed.
    ///
    /// # Errors
    ///
    /// The system cannot be asked what has arrived; or a thread cannot
    /// be had.
    pub fn serve(self, app: impl Application + Sync) -> io::Result<()> {
        let stop = &self.waiting.stop;
        scope(|scope| {
            let start = |_| {
                let work =
                    || stop.counted(|| Worker::new(&self, &app).work());
                let worker = Builder::new().spawn_scoped(scope, work);
                worker.inspect_err(|_| self.waiting.ask_to_stop())
            };
            let workers: io::Result<Vec<_>> =
                (0..self.threads).map(start).collect();
            if !stop.wait(self.limits.stop) {
                self.waiting.shut_down();
            }
            workers?.into_iter().try_for_each(|worker| {
                let ended = worker.join();
                ended.unwrap_or_else(|_| Err(io::Error::other("panic")))
            })
        })
    }
}

#[cfg(all(test, unix))]
#[path = "../tests/fuzz/connection.rs"]
mod fuzz_connection;
