//! FastCGI: an application that stays, behind a web server, and gets
//! request after request from it.
//!
//! Section numbers are those of the FastCGI specification, version
//! 1.0. Of its roles there is the responder's, and of requests one at a
//! time on each connection.

mod inbound;
pub mod pairs;
mod pool;
pub mod record;
mod request;
mod turns;
mod worker;

use crate::program::{self, say};
use crate::{Application, ErrorLog};
use pool::{Listener, Pool};
use std::io::{self, ErrorKind, Write};
use std::net::{
    IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs,
};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Weak};
use std::thread::{Builder, Scope, scope};
use std::time::Duration;
use std::{env, fmt, fs};
use turns::Turns;
use worker::Worker;

/// A server that is listening for web servers.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// let server = gateway::fastcgi::Server::bind("127.0.0.1:9000")?;
/// server.serve(application)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    pool: Arc<Pool>,
    /// May other processes be accepting there, too?
    is_shared: bool,
    /// The file of a Unix socket that is ours to remove.
    path: Option<PathBuf>,
    threads: usize,
    turns: Turns,
    limits: Limits,
    errors: ErrorLog,
    web_servers: Option<Vec<IpAddr>>,
}

/// How much a web server may ask of a [`Server`].
///
/// ```
/// let limits = gateway::fastcgi::Limits {
///     body: 1 << 20,
///     ..Default::default()
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body, in bytes.
    pub body: u64,
    /// The variables of a request, in bytes.
    pub params: usize,
    /// How many connections are held at a time. Others wait to be
    /// accepted.
    pub connections: usize,
    /// How long a web server may take to send its first request, or
    /// the next bytes of one, or to take those of an answer. Between
    /// requests it may take as long as it likes.
    pub wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 30,
            params: 128 << 10,
            connections: 256,
            wait: Duration::from_secs(60),
        }
    }
}

/// Stops a [`Server`] from another thread.
#[derive(Clone, Debug)]
pub struct Stopper(Weak<Pool>);

impl Stopper {
    /// Lets [`Server::serve`] return when the requests that are under
    /// way are answered.
    pub fn stop(&self) {
        if let Some(pool) = self.0.upgrade() {
            pool.stop();
        }
    }
}

/// Serves an application on descriptor 0, where a web server that
/// starts FastCGI programs puts a socket: the whole of a program's
/// `main`.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// fn main() -> std::process::ExitCode {
///     gateway::fastcgi::run(application)
/// }
/// ```
pub fn run(app: impl Application + Sync) -> ExitCode {
    match Server::inherited() {
        Ok(server) => server.run(app),
        Err(error) => program::exit_code(Err(error)),
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({:?})", self.address())
    }
}

impl Server {
    /// Listens at an address, such as `127.0.0.1:9000`; port 0 takes
    /// one that is free.
    ///
    /// Whoever can reach it can make requests up, with any variables.
    ///
    /// # Errors
    ///
    /// The address cannot be had, most often because another program
    /// is listening there.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::new(Listener::Tcp(TcpListener::bind(address)?))
    }

    /// Listens at a Unix socket, a file that must not be there yet,
    /// and that is removed at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    pub fn bind_unix(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let listener = UnixListener::bind(path)?;
        let mut server = Self::new(Listener::Unix(listener))?;
        server.path = Some(path.to_path_buf());
        Ok(server)
    }

    /// Listens at descriptor 0, which a web server has opened (section
    /// 2.2).
    ///
    /// # Errors
    ///
    /// There is no socket that listens.
    pub fn inherited() -> io::Result<Self> {
        let socket = io::stdin().as_fd().try_clone_to_owned()?;
        Self::from_socket(socket)
    }

    fn from_socket(socket: OwnedFd) -> io::Result<Self> {
        let stream = TcpStream::from(socket);
        // Only a socket that is not connected can listen.
        match stream.peer_addr() {
            Err(e) if e.kind() == ErrorKind::NotConnected => {}
            _ => return Err(io::Error::other(NOT_LISTENING)),
        }
        let tcp = TcpListener::from(OwnedFd::from(stream));
        let listener = match tcp.local_addr() {
            Ok(_) => Listener::Tcp(tcp),
            Err(_) => Listener::Unix(OwnedFd::from(tcp).into()),
        };
        let mut server = Self::new(listener)?;
        server.is_shared = true;
        Ok(server)
    }

    fn new(listener: Listener) -> io::Result<Self> {
        let threads = 4;
        Ok(Self {
            pool: Arc::new(Pool::new(listener)?),
            is_shared: false,
            path: None,
            threads,
            turns: Turns::new(threads),
            limits: Limits::default(),
            errors: ErrorLog::stderr(),
            web_servers: None,
        })
    }

    /// The address that it listens at; `None` if that is a file.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.pool.listener {
            Listener::Tcp(listener) => listener.local_addr().ok(),
            Listener::Unix(_) => None,
        }
    }

    /// How many requests are served at a time.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self.turns = Turns::new(self.threads);
        self
    }

    /// Where messages go that belong to no request. Those of a request
    /// go to the web server.
    pub fn errors(mut self, errors: ErrorLog) -> Self {
        self.errors = errors;
        self
    }

    /// How much a web server may ask; [`Limits::default`] unless this
    /// is said.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The addresses of the web servers that are served, separated by
    /// commas: the variable FCGI_WEB_SERVER_ADDRS (section 3.2). All
    /// are, unless this is said, and on a Unix socket anyway.
    ///
    /// # Errors
    ///
    /// One is not an IP address.
    pub fn web_servers(mut self, list: &str) -> io::Result<Self> {
        let parse = |text: &str| {
            let address = text.trim().parse::<IpAddr>();
            address.map(|a| a.to_canonical()).map_err(|error| {
                let what = format!("web server {text:?}: {error}");
                io::Error::other(what)
            })
        };
        let all: io::Result<_> = list.split(',').map(parse).collect();
        self.web_servers = Some(all?);
        Ok(self)
    }

    /// A handle that stops it.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::downgrade(&self.pool))
    }

    /// Serves until Ctrl-C or SIGTERM, as a program's `main` does, and
    /// only those web servers that FCGI_WEB_SERVER_ADDRS names.
    pub fn run(self, app: impl Application + Sync) -> ExitCode {
        let server = match env::var_os("FCGI_WEB_SERVER_ADDRS") {
            Some(list) => self.web_servers(&list.to_string_lossy()),
            None => Ok(self),
        };
        let served = server.and_then(|server| {
            let stopper = server.stopper();
            program::on_signal(move || stopper.stop());
            server.say_where();
            server.serve(app)
        });
        program::exit_code(served)
    }

    /// Serves until it is stopped. The requests that are under way
    /// then are answered; connections without one are closed.
    ///
    /// # Errors
    ///
    /// There is no thread to be had.
    pub fn serve(self, app: impl Application + Sync) -> io::Result<()> {
        self.pool.limit(self.limits.connections);
        scope(|scope| self.start(scope, &app))
    }

    /// Tells the user, or the script, where it listens.
    fn say_where(&self) {
        let place = match (&self.path, self.address()) {
            (Some(path), _) => path.display().to_string(),
            (None, Some(address)) if !self.is_shared => {
                address.to_string()
            }
            _ => return, // whoever started us knows
        };
        say(&mut io::stdout(), &format!("Serving FastCGI at {place}"));
    }

    fn start<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        app: &'s (dyn Application + Sync),
    ) -> io::Result<()> {
        let work = move || self.work(scope, app);
        Builder::new().spawn_scoped(scope, work).map(drop)
    }

    fn work<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        app: &'s (dyn Application + Sync),
    ) {
        let mut worker = Worker::new(self, app);
        let wait = self.limits.wait;
        while let Some((stream, peer)) =
            self.pool.accept(wait, &self.errors)
        {
            if !self.is_admitted(peer) {
                continue;
            }
            if self.pool.begin() && self.start(scope, app).is_err() {
                self.pool.fail();
            }
            worker.attend_to_end(stream);
            self.pool.end();
        }
    }

    fn is_admitted(&self, peer: Option<IpAddr>) -> bool {
        let (Some(all), Some(peer)) = (&self.web_servers, peer) else {
            return true;
        };
        let is_known = all.contains(&peer);
        if !is_known {
            let line = format!("{peer} is no web server of ours");
            // Nobody is left to be told that a log cannot be written.
            let _ = writeln!(self.errors.clone(), "{line}");
        }
        is_known
    }
}

const NOT_LISTENING: &str = "descriptor 0 is no socket that listens; \
    let a web server start this program";

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // It may have been removed already.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
#[path = "../tests/fuzz/fastcgi.rs"]
mod fuzz_fastcgi;
