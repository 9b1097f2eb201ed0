//! CGI, from both sides: [`run`] is the program's, [`Script`] the web
//! server's (RFC 3875).

mod script;

pub use script::Script;

use crate::exchange::{self, End, Protocol};
use crate::{Application, Environ, Failure, input};
use std::ffi::OsString;
#[cfg(unix)]
use std::fs::File;
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
use std::process::ExitCode;

/// Answers the one request for which this process was started:
/// `wsgiref.handlers.CGIHandler`.
///
/// The request is read from the process's environment and standard
/// input, never further than CONTENT_LENGTH; the answer goes to
/// standard output and the error log to standard error. Arguments are
/// not looked at: a web server may have taken them from the URL (RFC
/// 3875, section 4.4).
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
    let mut environ = environ(std::env::vars_os());
    let mut out = stdout();
    let mut answer = |app: &dyn Application, environ: &mut Environ| {
        exchange::run(app, environ, Protocol::Cgi, &mut *out)
    };
    let outcome = match open_input(&mut environ) {
        Ok(()) => answer(&app, &mut environ),
        Err(failure) => answer(&failure, &mut environ),
    };
    // Apache's mod_cgid has one socket for both streams, and loses the
    // answer of a program that ends with input unread.
    let _ = io::copy(&mut environ.input, &mut io::sink());
    match outcome.end {
        End::Cut | End::Reset => ExitCode::FAILURE,
        End::Keep | End::Close | End::Gone => ExitCode::SUCCESS,
    }
}

/// The environ of a CGI process.
fn environ(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Environ {
    let mut environ = Environ::new();
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        environ.set(name, value.into_encoded_bytes());
    }
    complete(&mut environ);
    environ.multiprocess = true;
    environ.run_once = true;
    environ
}

/// What follows from the variables of a web server.
pub(crate) fn complete(environ: &mut Environ) {
    // A client's `Proxy` header, not the machine's proxy: httpoxy.org
    environ.remove("HTTP_PROXY");
    environ.url_scheme = match environ.bytes("HTTPS") {
        Some(b"on" | b"1" | b"yes") => "https",
        _ => "http",
    };
}

fn open_input(environ: &mut Environ) -> Result<(), Failure> {
    let length = environ.bytes("CONTENT_LENGTH");
    let length = input::content_length(length)?;
    if length > 0 {
        environ.input = input::body(stdin(), length);
    }
    Ok(())
}

/// Standard input without the buffer that `io::stdin` reads ahead
/// into: what follows the body is not ours to take.
fn stdin() -> Box<dyn Read + Send> {
    #[cfg(unix)]
    if let Ok(stdin) = io::stdin().as_fd().try_clone_to_owned() {
        return Box::new(File::from(stdin));
    }
    Box::new(io::stdin())
}

/// Standard output without the buffer of `io::stdout`, which would
/// send what follows the last line break in a write of its own.
fn stdout() -> Box<dyn Write> {
    #[cfg(unix)]
    if let Ok(stdout) = io::stdout().as_fd().try_clone_to_owned() {
        return Box::new(File::from(stdout));
    }
    Box::new(io::stdout())
}
