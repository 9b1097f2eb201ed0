//! A standalone server that can stand in the open: HTTP/1.1 and 1.0,
//! from the socket up.

mod chunks;
mod connection;
mod head;
mod inbound;

pub use crate::serving::{Limits, Stopper};

use crate::serving::{
    self, Deadline, Protocol, Settings, Socket, within,
};
use crate::{Application, ErrorLog, command_line};
use connection::Connection;
use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

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
pub type Server = serving::Server<Http>;

/// HTTP, for a [`Server`].
#[derive(Debug, Default)]
pub struct Http;

impl Protocol for Http {
    fn limits() -> Limits {
        Limits::default()
    }

    fn says(&self, place: &str) -> Option<String> {
        Some(match place.contains('/') {
            true => format!("Serving at {place}"),
            false => format!("Serving at http://{place}"),
        })
    }

    fn open(
        settings: &Arc<Settings<Self>>,
        socket: Arc<Socket>,
        peer: Option<SocketAddr>,
    ) -> Option<(Box<dyn serving::Connection>, Deadline)> {
        let until = within(settings.limits.idle);
        let settings = Arc::clone(settings);
        let connection = Connection::new(settings, socket, peer, until);
        Some((Box::new(connection), until))
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
    run_with(app, env::args_os().skip(1), "")
}

/// As [`run`], for a program with options of its own: it has taken
/// them out of the arguments, and `help` has a line for each.
pub fn run_with(
    app: impl Application + Sync,
    arguments: impl IntoIterator<Item = OsString>,
    help: &str,
) -> ExitCode {
    run_server(arguments, help, |server| server.run(app))
}

/// As [`run_with`], for a program that has more to say to the server,
/// and runs it.
pub fn run_server(
    arguments: impl IntoIterator<Item = OsString>,
    help: &str,
    run: impl FnOnce(Server) -> ExitCode,
) -> ExitCode {
    command_line::run(arguments, help, |address, threads| {
        let server = Server::bind(address)?.threads(threads);
        Ok(run(server.access_log(ErrorLog::stderr())))
    })
}

#[cfg(test)]
#[path = "../tests/fuzz/connection.rs"]
mod fuzz;
