//! What a program with a server of ours is told by its user: flags,
//! and the variable PORT.

use crate::program::{fail, say};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::process::ExitCode;
use std::str::FromStr;
use std::{env, fmt};

/// The port that a program serves at unless it is told another.
pub const DEFAULT_PORT: u16 = 8000;

/// How many threads serve unless it is told.
const THREADS: NonZero<usize> = NonZero::new(4).unwrap();

const HELP: &str = "\
Serves an application over HTTP, until Ctrl-C.

Options:
  --port N     listen at port N; 0 takes a free one [default: the
               variable PORT, else 8000]
  --host ADDR  listen at this IP address [default: 127.0.0.1, which
               only this machine can reach]
  --threads N  answer N requests at a time [default: 4]
  --help       print this";

/// Serves as the command line says. `own` is what `--help` says of the
/// program's own options; `serve` is given an address and a number of
/// threads, and fails if it cannot listen there.
pub(crate) fn run(
    arguments: impl IntoIterator<Item = OsString>,
    own: &str,
    serve: impl FnOnce(SocketAddr, usize) -> io::Result<ExitCode>,
) -> ExitCode {
    match read(lexopt::Parser::from_args(arguments)) {
        Ok(Some((address, threads))) => serve(address, threads.get())
            .unwrap_or_else(|error| fail(1, &explain(address, error))),
        Ok(None) => {
            let help = format!("{HELP}\n{own}");
            say(&mut io::stdout(), help.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            fail(2, &format!("{error}; --help lists the options"))
        }
    }
}

/// The address and the number of threads, unless help is wanted.
fn read(
    mut flags: lexopt::Parser,
) -> Result<Option<(SocketAddr, NonZero<usize>)>, lexopt::Error> {
    let mut host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (mut port, mut threads) = (DEFAULT_PORT, THREADS);
    if let Some(value) = env::var_os("PORT") {
        port = parsed("PORT", value)?;
    }
    while let Some(flag) = flags.next()? {
        match flag {
            Long("help") | Short('h') => return Ok(None),
            Long("host") => host = parsed("--host", flags.value()?)?,
            Long("port") => port = parsed("--port", flags.value()?)?,
            Long("threads") => {
                threads = parsed("--threads", flags.value()?)?
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some((SocketAddr::new(host, port), threads)))
}

/// The value of a flag or a variable; the error names it.
fn parsed<T: FromStr<Err: fmt::Display>>(
    name: &str,
    value: OsString,
) -> Result<T, lexopt::Error> {
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|error| format!("{name} {text:?}: {error}").into())
}

/// Why an address cannot be had, and what to do.
fn explain(address: SocketAddr, error: io::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => "; --port 0 takes one that is free",
        ErrorKind::PermissionDenied => "; try one from 1024 on",
        _ => "",
    };
    format!("cannot listen at {address}: {error}{advice}")
}
