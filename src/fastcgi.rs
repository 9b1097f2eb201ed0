//! FastCGI: an application that stays, behind a web server, and gets
//! request after request from it.
//!
//! Section numbers are those of the FastCGI specification, version
//! 1.0. Of its roles there is the responder's, and of requests one at a
//! time on each connection.

mod connection;
mod inbound;
pub mod pairs;
pub mod record;
mod request;

pub use crate::serving::{Limits, Stopper};

use crate::serving::{
    self, Deadline, Listener, Protocol, Settings, Socket, say, within,
};
use crate::{Application, program};
use connection::Connection;
use std::env;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// A server that is listening for web servers.
///
/// Whoever can reach it can make requests up, with any variables.
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// let server = gateway::fastcgi::Server::bind("127.0.0.1:9000")?;
/// server.serve(application)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Its [`Limits`] are others than those of HTTP: a web server may take
/// as long as it likes between requests, and a minute for the rest.
pub type Server = serving::Server<FastCgi>;

/// FastCGI, for a [`Server`].
#[derive(Debug, Default)]
pub struct FastCgi {
    /// May other processes be accepting there, too?
    is_shared: bool,
    web_servers: Option<Vec<IpAddr>>,
}

impl Protocol for FastCgi {
    fn limits() -> Limits {
        let head = Duration::from_secs(60);
        Limits { head, idle: Duration::MAX, ..Limits::default() }
    }

    /// Only those web servers are served that FCGI_WEB_SERVER_ADDRS
    /// names.
    fn prepare(server: Server) -> io::Result<Server> {
        match env::var_os("FCGI_WEB_SERVER_ADDRS") {
            Some(list) => server.web_servers(&list.to_string_lossy()),
            None => Ok(server),
        }
    }

    fn says(&self, place: &str) -> Option<String> {
        // Who has started us on descriptor 0 knows where that is.
        (!self.is_shared).then(|| format!("Serving FastCGI at {place}"))
    }

    fn open(
        settings: &Arc<Settings<Self>>,
        socket: Arc<Socket>,
        peer: Option<SocketAddr>,
    ) -> Option<(Box<dyn serving::Connection>, Deadline)> {
        let peer = peer.map(|peer| peer.ip().to_canonical());
        if let Some(all) = &settings.own.web_servers
            && !peer.is_some_and(|peer| all.contains(&peer))
        {
            let who = peer.map_or("somebody".into(), |p| p.to_string());
            let line = format!("{who} is no web server of ours");
            say(&settings.errors, &line);
            return None;
        }
        let until = within(settings.limits.head);
        let settings = Arc::clone(settings);
        let connection = Connection::new(settings, socket, until);
        Some((Box::new(connection), until))
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

impl Server {
    /// Listens at descriptor 0, which a web server has opened (section
    /// 2.2).
    ///
    /// # Errors
    ///
    /// There is no socket that listens.
    pub fn inherited() -> io::Result<Self> {
        const NOT_LISTENING: &str = "descriptor 0 is no socket that \
            listens; let a web server start this program";
        let socket = io::stdin().as_fd().try_clone_to_owned()?;
        let stream = TcpStream::from(socket);
        // Only a socket that is not connected can listen.
        match stream.peer_addr() {
            Err(e) if e.kind() == ErrorKind::NotConnected => {}
            _ => return Err(io::Error::other(NOT_LISTENING)),
        }
        let tcp = TcpListener::from(OwnedFd::from(stream));
        let listener = match tcp.local_addr() {
            Ok(_) => Listener::from_std(tcp)?,
            Err(_) => {
                let unix = UnixListener::from(OwnedFd::from(tcp));
                unix.set_nonblocking(true)?;
                Listener::Unix(mio::net::UnixListener::from_std(unix))
            }
        };
        let mut server = Self::listen(listener)?;
        // Another process may be quicker to accept.
        server.settings.own.is_shared = true;
        Ok(server)
    }

    /// The addresses of the web servers that are served, separated by
    /// commas: the variable FCGI_WEB_SERVER_ADDRS (section 3.2). All
    /// are, unless this is said; if it is, none is on a Unix socket,
    /// where nobody has an address.
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
        self.settings.own.web_servers = Some(all?);
        Ok(self)
    }
}

#[cfg(test)]
#[path = "../tests/fuzz/fastcgi.rs"]
mod fuzz;
