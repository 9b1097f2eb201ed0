//! How many of the hostile requests a server answers rightly.
//!
//! `score 3` attacks the page with its first three rules, `score
//! library` the library, and `score HOST:PORT` any server that has the
//! application of `tests/hostile`.

#[path = "../../../../tests/hostile/applications.rs"]
mod applications;
#[path = "../../../../tests/hostile/client.rs"]
#[allow(dead_code)] // the tests use the rest
mod client;
#[macro_use]
#[path = "../../../../tests/hostile/requests.rs"]
#[allow(dead_code)]
mod requests;
#[path = "../../../../tests/hostile/rfc.rs"]
mod rfc;

use applications::application;
use ch08::{small, strict};
use gateway::http::{Limits, Server};
use requests::{REQUESTS, Request, request};
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use std::{env, thread};

/// Who says nothing for so long says nothing.
const PATIENCE: Duration = Duration::from_secs(4);

/// How many requests are under way at a time. Most of them wait.
const AT_ONCE: usize = 48;

const GOOD: Request = request(
    "a good request",
    "",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    &["200 200"],
);

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

const USAGE: &str = "score {0..7 | library | HOST:PORT} [--all]";

/// Prints the score, what is wrong with the rest, and the first so many
/// of those.
fn score(name: &str, most: usize) -> io::Result<()> {
    let requests: Vec<_> =
        REQUESTS.iter().chain(rfc::REQUESTS).collect();
    let wrong = match name.parse() {
        Ok(address) => all_wrong(address, &requests),
        Err(_) => all_wrong(Serving::start(name)?.address, &requests),
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
    let queue = Mutex::new(requests.iter().enumerate());
    let next = || queue.lock().expect("no panic").next();
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((at, request)) = next() {
                    let seen = observe(server, request);
                    if let Err(seen) = seen {
                        let mut wrong = wrong.lock().expect("no panic");
                        wrong.push((at, seen));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("no panic");
    wrong.sort_unstable();
    wrong
}

/// What came instead of the right answer, to this request or to a good
/// one after it.
fn observe(
    server: SocketAddr,
    request: &Request,
) -> Result<(), String> {
    for request in [request, &GOOD] {
        let seen = client::observe_for(server, request, PATIENCE);
        if seen != request.right_in_chapter_8() {
            return Err(seen);
        }
    }
    Ok(())
}

/// This program, as a server. It ends with this value.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(name: &str) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["serve", name]).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().expect("is piped");
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse();
        let address = address.map_err(|_| {
            io::Error::other(format!("{name:?} does not serve"))
        });
        Ok(Self { child, address: address? })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the tests' application by so many rules, or by the library.
fn serve(name: &str) -> io::Result<()> {
    if name == "library" {
        return serve_library();
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

/// As long as the page waits.
const WAIT: Duration = strict::PATIENCE;
