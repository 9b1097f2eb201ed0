//! What a program with a server of ours is told by its user: flags,
//! the variable PORT, and Ctrl-C.

use lexopt::prelude::*;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::process::{self, ExitCode};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, thread};

/// The port that a program serves at unless it is told another.
pub const DEFAULT_PORT: u16 = 8000;

/// How long a stop waits for the requests that are under way.
const STOP_LIMIT: Duration = Duration::from_secs(10);

const HELP: &str = "\
Serves an application over HTTP, until Ctrl-C.

Options:
  --port N     listen at port N; 0 takes a free one [default: the
               variable PORT, else 8000]
  --host ADDR  listen at this IP address [default: 127.0.0.1, which
               only this machine can reach]
  --threads N  answer N requests at a time [default: 4]
  --help       print this";

/// What the command line says.
#[derive(Debug, PartialEq)]
pub(crate) struct Flags {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) threads: usize,
}

impl Flags {
    /// Reads the command line; `Err` is how to end at once. `own` is
    /// what `--help` says of the program's own options.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
        own: &str,
    ) -> Result<Self, ExitCode> {
        let arguments = lexopt::Parser::from_args(arguments);
        match Self::read(arguments, env::var_os("PORT")) {
            Ok(Some(flags)) => Ok(flags),
            Ok(None) => {
                let help = format!("{HELP}\n{own}");
                say(&mut io::stdout(), help.trim_end());
                Err(ExitCode::SUCCESS)
            }
            Err(error) => {
                let advice = "--help lists the options";
                say(&mut io::stderr(), &format!("{error}; {advice}"));
                Err(ExitCode::from(2))
            }
        }
    }

    fn read(
        mut arguments: lexopt::Parser,
        port: Option<OsString>,
    ) -> Result<Option<Self>, lexopt::Error> {
        let mut flags = Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: DEFAULT_PORT,
            threads: 4,
        };
        if let Some(port) = port {
            flags.port = parsed("PORT", port)?;
        }
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long(name) => {
                    let name = format!("--{name}");
                    flags.set(&name, &mut arguments)?;
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(flags))
    }

    fn set(
        &mut self,
        name: &str,
        arguments: &mut lexopt::Parser,
    ) -> Result<(), lexopt::Error> {
        match name {
            "--port" => self.port = parsed(name, arguments.value()?)?,
            "--host" => self.host = parsed(name, arguments.value()?)?,
            "--threads" => {
                let threads: NonZero<usize> =
                    parsed(name, arguments.value()?)?;
                self.threads = threads.get();
            }
            _ => return Err(format!("no option {name}").into()),
        }
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// An address that cannot be had, and what to do.
    pub(crate) fn explain(&self, error: io::Error) -> io::Error {
        let address = self.address();
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "; --port 0 takes one that is free",
            ErrorKind::PermissionDenied => "; try one from 1024 on",
            _ => "",
        };
        io::Error::other(format!(
            "cannot listen at {address}: {error}{advice}"
        ))
    }
}

/// A value; the error names what it was for.
fn parsed<T: FromStr>(
    name: &str,
    value: OsString,
) -> Result<T, lexopt::Error>
where
    T::Err: std::fmt::Display,
{
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|error| format!("{name} {text:?}: {error}").into())
}

/// Prints a line. That nobody reads it must not end a server, as
/// `println!` would.
fn say(to: &mut dyn Write, line: &str) {
    let _ = writeln!(to, "{line}");
}

/// Tells the user, or the script, where the server listens.
pub(crate) fn say_address(address: SocketAddr) {
    say(&mut io::stdout(), &format!("Serving at http://{address}"));
}

/// Calls `stop` at the first Ctrl-C or SIGTERM. A second one, or the
/// time limit, ends the process.
pub(crate) fn on_signal(stop: impl Fn() + Send + 'static) {
    let is_stopping = AtomicBool::new(false);
    let handler = move || {
        if is_stopping.swap(true, Ordering::AcqRel) {
            process::exit(130);
        }
        let line = "Stopping when the requests under way are answered";
        say(&mut io::stderr(), line);
        stop();
        thread::spawn(end_at_limit);
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        let line = format!("Ctrl-C will cut requests short: {error}");
        say(&mut io::stderr(), &line);
    }
}

fn end_at_limit() {
    thread::sleep(STOP_LIMIT);
    let line = format!("Some were not, in {STOP_LIMIT:?}");
    say(&mut io::stderr(), &line);
    process::exit(1);
}

/// How a program ends: an error is printed.
pub(crate) fn exit_code(served: io::Result<()>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&mut io::stderr(), &error.to_string());
            ExitCode::FAILURE
        }
    }
}
