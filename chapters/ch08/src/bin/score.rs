//! How many of the hostile requests a server answers rightly.
//!
//! `score 3` attacks the page with its first three rules, `score
//! library` the library, `score chapter5` that chapter's server, and
//! `score HOST:PORT` any that has the application of `tests/hostile`.

#[path = "../../../../tests/hostile/applications.rs"]
mod applications;
#[path = "../../../../tests/hostile/client.rs"]
#[allow(dead_code)] // the tests use the rest
mod client;
#[path = "../../../../tests/hostile/judge.rs"]
mod judge;
#[macro_use]
#[path = "../../../../tests/hostile/requests.rs"]
#[allow(dead_code)]
mod requests;
#[path = "../../../../tests/hostile/rfc.rs"]
mod rfc;

use applications::application;
use ch08::{small, strict};
use gateway::ErrorLog;
use gateway::http::{Limits, Server};
use judge::Serving;
use requests::{REQUESTS, Request};
use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::Duration;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> =
        arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", name] => serve(name),
        [name] => score(name, 1),
        [name, "--all"] => score(name, usize::MAX),
        _ => Err(io::Error::other(USAGE)),
    }
}

const USAGE: &str =
    "score {0..7 | library | chapter5 | HOST:PORT} [--all]";

/// Prints the score, what is wrong with the rest, and the first so many
/// of those.
fn score(name: &str, most: usize) -> io::Result<()> {
    let requests: Vec<_> =
        REQUESTS.iter().chain(rfc::REQUESTS).collect();
    let wrong = match name.parse() {
        Ok(address) => all_wrong(address, &requests),
        Err(_) => all_wrong(start(name)?.address, &requests),
    };
    let (all, right) = (requests.len(), requests.len() - wrong.len());
    println!("{right} of {all}");
    for fault in FAULTS {
        let is_this =
            |(_, seen): &&(_, String)| fault_of(seen) == fault;
        match wrong.iter().filter(is_this).count() {
            0 => {}
            count => println!("{count:5} {fault}"),
        }
    }
    for (at, seen) in wrong.iter().take(most) {
        let Request { name, section, .. } = requests[*at];
        let right = shown(requests[*at].right_in_chapter_8());
        println!("{name} ({section}): {right}, not {}", shown(seen));
    }
    Ok(())
}

const FAULTS: [&str; 4] = [
    "a body run as a request",
    "closed without an answer",
    "left hanging",
    "answered wrongly",
];

fn fault_of(seen: &str) -> &'static str {
    match seen {
        seen if seen.contains("418") => FAULTS[0],
        "" => FAULTS[1],
        seen if seen.ends_with("...") => FAULTS[2],
        _ => FAULTS[3],
    }
}

/// Nothing is seen when a connection is closed without an answer.
fn shown(seen: &str) -> &str {
    if seen.is_empty() { "closed" } else { seen }
}

/// The requests that are answered wrongly, by number, and how.
fn all_wrong(
    server: SocketAddr,
    requests: &[&Request],
) -> Vec<(usize, String)> {
    let faults =
        judge::each(requests, |request| judge::fault(server, request));
    let numbered = faults.into_iter().enumerate();
    numbered.filter_map(|(at, seen)| Some((at, seen?))).collect()
}

/// This program, as a server.
fn start(name: &str) -> io::Result<Serving> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["serve", name]);
    Serving::start(&mut command, &format!("{name:?} does not serve"))
}

/// Serves the tests' application by so many rules, or by the library.
fn serve(name: &str) -> io::Result<()> {
    match name {
        "library" => return serve_library(),
        "chapter5" => return serve_chapter_5(),
        _ => {}
    }
    let rules = match name {
        "0" => None,
        name => Some(name.parse().map_err(io::Error::other)?),
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    small::serve(&listener, |connection| match rules {
        None => small::answer(connection, &application),
        Some(rules) => {
            strict::answer_by(rules, connection, &application)
        }
    })
}

fn serve_library() -> io::Result<()> {
    let server = Server::bind("127.0.0.1:0")?;
    println!("{}", server.address());
    let (idle, head, wait) = (WAIT, WAIT, WAIT);
    let limits = Limits { idle, head, wait, ..Limits::default() };
    server.limits(limits).serve(application)
}

fn serve_chapter_5() -> io::Result<()> {
    let server = gateway::server::Server::bind("127.0.0.1:0")?;
    println!("{}", server.address());
    server.errors(ErrorLog::new(io::sink())).serve(application)
}

/// As long as the page waits.
const WAIT: Duration = strict::PATIENCE;
