//! How many of the tests' requests this server answers rightly.

#[path = "../../../../../tests/outside/answer.rs"]
#[allow(dead_code)] // the tests use the rest of these
mod answer;
#[path = "../../../../../tests/hostile/applications.rs"]
mod applications;
#[path = "../../../../../tests/outside/matrix/cases.rs"]
#[allow(dead_code)]
mod cases;
#[path = "../../../../../tests/hostile/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "../../../../../tests/hostile/judge.rs"]
mod judge;
#[path = "../../../../../tests/outside/matrix/application.rs"]
#[allow(dead_code)]
mod matrix;
#[macro_use]
#[path = "../../../../../tests/hostile/requests.rs"]
#[allow(dead_code)]
mod requests;
#[path = "../../../../../tests/hostile/rfc.rs"]
mod rfc;

use crate::mine::OURS;
use answer::Answer;
use gateway::{Environ, Response, Result, StartResponse};
use judge::{PATIENCE, Serving};
use requests::{REQUESTS, Request};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, thread};

/// Where the shared requests expect their application.
const MOUNT: &str = "/cgi-bin/app";

/// How long all of it may take.
const LIMIT: Duration = Duration::from_secs(40);

/// What the requests of both tables ask for.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    match path.starts_with(MOUNT) {
        true => matrix::application(environ, start_response),
        false => applications::application(environ, start_response),
    }
}

/// A request, and what came of it.
struct Judged {
    name: String,
    right: String,
    /// `None` if it was right.
    came: Option<String>,
}

/// Prints how many of each list are right, and the first that is wrong
/// and would not be if all pieces were ours; or with `--all`, a line
/// for each request, with tabs.
pub fn print() -> io::Result<()> {
    let (theirs, ours) = thread::scope(|scope| {
        let ours = scope.spawn(|| judge(true));
        (judge(false), ours.join().expect("no panic"))
    });
    let (theirs, ours) = (theirs?, ours?);
    if env::args().any(|argument| argument == "--all") {
        for ((list, judged), (_, ours)) in theirs.iter().zip(&ours) {
            let Judged { name, right, came } = judged;
            let mark = match (came, &ours.came) {
                (None, _) => "right",
                (Some(_), None) => "wrong",
                (Some(_), Some(_)) => "beyond",
            };
            let came = came.as_ref().unwrap_or(right);
            println!("{mark}\t{list}\t{name}\t{right}\t{came}");
        }
        return Ok(());
    }
    let count = |list| {
        let all = theirs.iter().filter(|(of, _)| *of == list);
        let right = all.clone().filter(|(_, j)| j.came.is_none());
        format!("{} of {} {list}", right.count(), all.count())
    };
    println!("{}, {} requests", count("shared"), count("hostile"));
    let wrong =
        theirs.iter().zip(&ours).find_map(|((_, j), (_, o))| {
            j.came.as_ref().filter(|_| o.came.is_none()).map(|c| (j, c))
        });
    match wrong {
        Some((Judged { name, right, .. }, came)) => {
            println!("the next: {name}: expected {right}, got {came}");
        }
        None => println!("the rest is beyond these pieces"),
    }
    Ok(())
}

type List = Vec<(&'static str, Judged)>;

/// Sends all requests to a server of its own.
fn judge(is_ours: bool) -> io::Result<List> {
    let server = start(is_ours)?;
    let end = Instant::now() + LIMIT;
    let cases = cases::all();
    let is_late = || Instant::now() > end;
    let shared = judge::each(&cases, |case| {
        share(case, is_late(), server.address)
    });
    let hostile: Vec<&Request> =
        REQUESTS.iter().chain(rfc::REQUESTS).collect();
    let hostile = judge::each(&hostile, |request| {
        attack(request, is_late(), server.address)
    });
    let shared = shared.into_iter().map(|judged| ("shared", judged));
    let hostile = hostile.into_iter().map(|judged| ("hostile", judged));
    Ok(shared.chain(hostile).collect())
}

/// A request that means well.
fn share(
    case: &cases::Case,
    is_late: bool,
    server: SocketAddr,
) -> Judged {
    let request = case.request(server);
    let came = match is_late {
        true => Vec::new(),
        false => send(&request, server).unwrap_or_default(),
    };
    let answer = Answer::parse(&request, &came);
    let came = case.fault(&answer).map(|fault| {
        // What is no answer has a status in words.
        let status = answer.status.get(..3).unwrap_or_default();
        let came = match fault.starts_with(status) {
            true => answer.status.clone(),
            false => format!("{status} {fault}"),
        };
        came.escape_debug().to_string().chars().take(80).collect()
    });
    let right = case.right();
    Judged { name: case.name.into(), right, came }
}

fn send(request: &[u8], server: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server may answer, and close, before it has read everything.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    Ok(bytes)
}

/// One that does not, and a good one after it.
fn attack(
    request: &Request,
    is_late: bool,
    server: SocketAddr,
) -> Judged {
    let Request { name, section, .. } = request;
    let section = match section.contains("9110") {
        true => format!("RFC {section}"),
        false => format!("RFC 9112, {section}"),
    };
    let shown = |seen: &str| match seen {
        "" => "closed".to_string(),
        seen => seen.to_string(),
    };
    let came = match is_late {
        true => Some("no time was left".into()),
        false => judge::fault(server, request).map(|seen| shown(&seen)),
    };
    let right = shown(request.right_in_chapter_8());
    Judged { name: format!("{name} ({section})"), right, came }
}

/// This program, as a server.
fn start(is_ours: bool) -> io::Result<Serving> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("tests").args(is_ours.then_some(OURS));
    command.args(env::args().find(|word| word == OURS));
    Serving::start(&mut command, "the server does not start")
}
