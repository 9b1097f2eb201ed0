//! What a program with a server of ours is told by its user: flags,
//! and the variable PORT.

use crate::program::say;
use lexopt::prelude::*;
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::process::ExitCode;
use std::str::FromStr;

/// The port that a program serves at unless it is told another.
pub const DEFAULT_PORT: u16 = 8000;

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
