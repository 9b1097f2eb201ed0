//! CGI, from both sides: [`run`] is the program's, [`Script`] the web
//! server's (RFC 3875).

mod script;

pub use script::Script;

use crate::exchange::{self, End, Protocol};
use crate::{Application, Environ, input};
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// Answers the one request for which this process was started:
/// `wsgiref.handlers.CGIHandler`.
///
/// The request is read from the process's environment and standard
/// input, up to CONTENT_LENGTH, whatever the application leaves of it,
/// and no further; the answer goes to standard output and the error
/// log to standard error. Arguments are not looked at: a web server may
/// have taken them from the URL (RFC 3875, section 4.4).
///
/// ```no_run
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// fn main() -> std::process::ExitCode {
///     gateway::cgi::run(application)
/// }
/// ```
///
/// The exit code is a failure if the answer was cut short. A web server
/// that heeds it, as [`Script`] does, does not take the answer for
/// whole; Apache and lighttpd do not.
pub fn run(app: impl Application) -> ExitCode {
    let (Ok(stdin), Ok(mut stdout)) =
        (unbuffered(io::stdin()), unbuffered(io::stdout()))
    else {
        return ExitCode::FAILURE; // no file descriptor is left
    };
    let mut environ = environ();
    let length = input::content_length(environ.bytes("CONTENT_LENGTH"));
    let bytes = length.clone().unwrap_or(0);
    let body = input::body(stdin, Some(bytes), u64::MAX);
    let body = Arc::new(Mutex::new(body));
    environ.input = Box::new(BufReader::new(Input(body.clone())));
    let app: &dyn Application = match &length {
        Ok(_) => &app,
        Err(failure) => failure,
    };
    let outcome =
        exchange::run(app, &mut environ, Protocol::Cgi, &mut stdout);
    // Apache's mod_cgid has one socket for both streams, and loses the
    // answer of a program that ends with input unread. If it is locked,
    // a thread of the application's is waiting for more.
    if let Ok(mut rest) = body.try_lock() {
        let _ = io::copy(&mut *rest, &mut io::sink());
    }
    match outcome.end {
        End::Cut | End::Reset => ExitCode::FAILURE,
        End::Keep | End::Close | End::Gone => ExitCode::SUCCESS,
    }
}

/// The environ of a CGI process.
fn environ() -> Environ {
    let mut environ = Environ::new();
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy();
        environ.set(&name, value.into_encoded_bytes());
    }
    // A secret of the debugger's, which would be on its pages.
    environ.remove("GATEWAY_DEBUGGER");
    complete(&mut environ);
    environ.multiprocess = true;
    environ.run_once = true;
    environ
}

/// What follows from the variables of a web server.
pub(crate) fn complete(environ: &mut Environ) {
    // A client's `Proxy` header, not the machine's proxy: httpoxy.org
    environ.remove("HTTP_PROXY");
    // Some send these twice (RFC 3875, section 4.1.18).
    environ.remove("HTTP_CONTENT_LENGTH");
    environ.remove("HTTP_CONTENT_TYPE");
    environ.url_scheme = match environ.bytes("HTTPS") {
        Some(b"on" | b"1" | b"yes") => "https",
        _ => "http",
    };
}

/// A handle on the request's body for the application, which may put
/// what it likes into its environ. The server keeps one, too.
struct Input(Arc<Mutex<Box<dyn BufRead + Send>>>);

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::ErrorKind::Other)?.read(buffer)
    }
}

/// A stream without its buffer. That of standard input reads ahead, and
/// what follows the body is not ours to take; that of standard output
/// sends what follows the last line break in a write of its own.
fn unbuffered(stream: impl AsFd) -> io::Result<std::fs::File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}
