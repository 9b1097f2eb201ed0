//! Stands between clients and a server, and draws what they say.

use ch12::tap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::{env, io};

const USAGE: &str = "\
Which port is the server at, and which is for its clients?
    tap 8000 --port 8001
Without --port it is one above; --port 0 takes one that is free.";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let words: Option<Vec<_>> =
        arguments.iter().map(|word| word.to_str()).collect();
    let Some((server, own)) = words.and_then(|w| ports(&w)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(at(server), at(own)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The server's port, and our own.
fn ports(words: &[&str]) -> Option<(u16, u16)> {
    let (server, own) = match *words {
        [server] => (server.parse().ok()?, None),
        [server, "--port", own] | ["--port", own, server] => {
            (server.parse().ok()?, Some(own.parse().ok()?))
        }
        _ => return None,
    };
    Some((server, own.or(server.checked_add(1))?))
}

fn at(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn run(server: SocketAddr, own: SocketAddr) -> Result<(), String> {
    let listener = TcpListener::bind(own).map_err(|error| {
        let advice = "--port 0 takes one that is free";
        format!("cannot listen at {own}: {error}; {advice}")
    })?;
    tap::run(listener, server, &mut io::stdout())
        .map_err(|error| format!("cannot draw any more: {error}"))
}
