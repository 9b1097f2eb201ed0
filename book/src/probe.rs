//! `probe`: sends the hostile requests to any server.

mod answers;
mod verdict;

use crate::hostile::judge::{AT_ONCE, PATIENCE, each_of};
use crate::hostile::requests::Request;
use crate::hostile::{self, client, rules};
use answers::answers;
use lexopt::Parser;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use verdict::{Came, Class, Usual, judge, right};

const USAGE: &str = "\
Sends hostile requests to a server, in whatever language it is written,
and says what is wrong with its answers.

Usage: cargo run -p book -- probe [OPTIONS] HOST:PORT

Nothing is known of the server's application: only what the statuses
tell is judged. A 400, 408, 413, 414, 417, 431, 501 or 505 is a refusal,
another status an answer, and one answer too many a body that was run as
a request. The name of the host is always `a`.

Options:
  --patience S   who says nothing for so many seconds says nothing
                 (default: 4; 1 if there is one request at a time)
  --at-once N    so many requests are under way at a time (default: 48;
                 1 if the server answers nobody while others say nothing)
  -h, --help     print this

Ends with 0 if all is right, 1 if something is wrong, and 2 if the
server cannot be tried.
";

/// How long it may take until no more requests are sent.
const LIMIT: Duration = Duration::from_secs(60);

/// Between two looks whether it is there.
const MOMENT: Duration = Duration::from_millis(50);

/// How patient one is with a server that serves one client at a time.
const SHORT: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq)]
struct Said {
    server: String,
    patience: Option<Duration>,
    at_once: Option<usize>,
}

/// Runs it with these arguments.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let report = match parse(Parser::from_args(arguments)) {
        Ok(None) => Ok((USAGE.to_string(), true)),
        Ok(Some(said)) => run(&said),
        Err(error) => Err(format!("{error}\n\n{USAGE}")),
    };
    match report {
        Ok((text, is_right)) => {
            // Its reader may have seen enough.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::from(u8::from(!is_right))
        }
        Err(message) => {
            eprintln!("error: {}", message.trim_end());
            ExitCode::from(2)
        }
    }
}

/// `None` if only help is wanted.
fn parse(mut parser: Parser) -> Result<Option<Said>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut server, mut patience, mut at_once) = (None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Short('h') | Long("help") => return Ok(None),
            Long("patience") => {
                let seconds = parser.value()?.parse_with(|text| {
                    text.parse().map(Duration::try_from_secs_f64)
                })?;
                let seconds = seconds.ok().filter(|s| !s.is_zero());
                patience = Some(seconds.ok_or("no time at all")?);
            }
            Long("at-once") => {
                let number: usize = parser.value()?.parse()?;
                at_once = Some(number.clamp(1, 1000));
            }
            Value(value) if server.is_none() => {
                server = Some(value.string()?);
            }
            other => return Err(other.unexpected()),
        }
    }
    let server = server.ok_or("which server? Write HOST:PORT")?;
    Ok(Some(Said { server, patience, at_once }))
}

/// What is printed, and whether all is right.
fn run(said: &Said) -> Result<(String, bool), String> {
    let address = find(&said.server)?;
    let usual = usual(address, said.patience.unwrap_or(PATIENCE))?;
    let at_once = said.at_once.unwrap_or_else(|| at_once(address));
    let patience = match at_once {
        1 => SHORT,
        _ => PATIENCE,
    };
    let patience = said.patience.unwrap_or(patience);
    let probe = Probe {
        address,
        usual,
        patience,
        end: Instant::now() + LIMIT,
        is_gone: AtomicBool::new(false),
    };
    let all = hostile::all();
    let all = all.into_iter().filter(|one| !one.is_for_ours());
    // What may end a server comes last, one after the other.
    let (deadly, others): (Vec<_>, Vec<_>) =
        all.partition(|one| one.is_deadly());
    eprintln!(
        "Sending {} requests to {address}, {at_once} at a time …",
        others.len() + deadly.len()
    );
    let mut came = each_of(&others, at_once, |one| probe.send(one));
    came.extend(deadly.iter().map(|one| probe.send(one)));
    let requests = others.into_iter().chain(deadly);
    let rows: Vec<Row> = requests.zip(came).collect();
    let is_well = good(address, patience, &Message::Get).is_ok();
    let is_right = is_well && rows.iter().all(|(_, c)| c.is_right);
    let mut text = table(&rows);
    summary(&mut text, &rows);
    if !is_well {
        text += "After all of them, a good request is not answered.\n";
    }
    Ok((text, is_right))
}

type Row = (&'static Request, Came);

/// The server's address; a URL has one, too.
fn find(server: &str) -> Result<SocketAddr, String> {
    let name = server.trim_start_matches("http://");
    let name = name.split('/').next().unwrap_or_default();
    let found = name.to_socket_addrs().map_err(|error| {
        format!("{server} is no server; write HOST:PORT ({error})")
    })?;
    let mut last = None;
    for address in found {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(address),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|error| format!(": {error}"));
    Err(format!("no server is at {server}{}", why.unwrap_or_default()))
}

/// What means no harm.
enum Message {
    Get,
    Post,
}

/// The status of the answer to a good request.
fn good(
    server: SocketAddr,
    patience: Duration,
    message: &Message,
) -> io::Result<u16> {
    let text = match message {
        Message::Get => {
            "GET / HTTP/1.1\r\nHost: a\r\n\
            Connection: close\r\n\r\n"
        }
        Message::Post => {
            "POST / HTTP/1.1\r\nHost: a\r\n\
            Connection: close\r\nContent-Length: 5\r\n\r\nhello"
        }
    };
    let mut stream = TcpStream::connect_timeout(&server, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(text.as_bytes())?;
    let mut bytes = Vec::new();
    // It need not close: what has come is enough.
    let end = stream.read_to_end(&mut bytes);
    let (all, _) = answers(&bytes);
    let last = all.iter().find(|answer| !answer.is_interim());
    match (last, end) {
        (Some(answer), _) => Ok(answer.status),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(ErrorKind::InvalidData.into()),
    }
}

fn usual(
    server: SocketAddr,
    patience: Duration,
) -> Result<Usual, String> {
    let get = good(server, patience, &Message::Get);
    let get = get.map_err(|error| {
        let what = match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                format!("in {patience:?}")
            }
            ErrorKind::InvalidData => "as HTTP/1.1 says".into(),
            _ => format!(": {error}"),
        };
        format!("{server} does not answer a good request {what}")
    })?;
    if get == 400 {
        return Err(format!(
            "{server} answers 400 to a good request, whose Host is `a`"
        ));
    }
    let post = good(server, patience, &Message::Post);
    Ok(Usual { get, post: post.unwrap_or(get) })
}

/// Does it serve while others say nothing, or nothing more?
fn at_once(server: SocketAddr) -> usize {
    let held: Vec<_> = (0..AT_ONCE)
        .map_while(|at| {
            let stream = TcpStream::connect_timeout(&server, SHORT);
            let mut stream = stream.ok()?;
            let text = match at % 2 {
                0 => "GET / HT",
                _ => {
                    "POST / HTTP/1.1\r\nHost: a\r\n\
                    Content-Length: 5000\r\n\r\n0123456789"
                }
            };
            stream.write_all(text.as_bytes()).ok()?;
            Some(stream)
        })
        .collect();
    let answered = good(server, SHORT, &Message::Get);
    let all = held.len();
    drop(held);
    match answered {
        Ok(_) if all == AT_ONCE => AT_ONCE,
        _ => 1,
    }
}

/// One run.
struct Probe {
    address: SocketAddr,
    usual: Usual,
    patience: Duration,
    end: Instant,
    is_gone: AtomicBool,
}

impl Probe {
    fn send(&self, request: &'static Request) -> Came {
        let is_gone = self.is_gone.load(Ordering::Relaxed);
        if is_gone || Instant::now() > self.end {
            return Came::without(Class::NotTried);
        }
        let (server, patience) = (self.address, self.patience);
        let seen = client::exchange(server, request, patience);
        let is_answered = seen.as_ref().is_ok_and(|s| !s.0.is_empty());
        if request.is_deadly() && !is_answered {
            // A process takes a moment to end.
            self.wait_until_refused();
        }
        if self.has_gone() {
            self.is_gone.store(true, Ordering::Relaxed);
            return Came::without(Class::Gone);
        }
        judge(request, seen, self.usual)
    }

    /// It may be started anew by another program.
    fn has_gone(&self) -> bool {
        (0..10).all(|_| {
            let is_gone = self.is_refused();
            if is_gone {
                thread::sleep(MOMENT);
            }
            is_gone
        })
    }

    /// At most twenty moments.
    fn wait_until_refused(&self) {
        for _ in 0..20 {
            if self.is_refused() {
                return;
            }
            thread::sleep(MOMENT);
        }
    }

    fn is_refused(&self) -> bool {
        let stream = TcpStream::connect_timeout(&self.address, SHORT);
        let refused = ErrorKind::ConnectionRefused;
        stream.is_err_and(|error| error.kind() == refused)
    }
}

/// A heading for each section, and what came of its requests.
fn table(rows: &[Row]) -> String {
    let longest = |texts: &mut dyn Iterator<Item = usize>| {
        texts.max().unwrap_or_default()
    };
    let mut names = rows.iter().map(|(r, _)| r.name.chars().count());
    let name_width = longest(&mut names);
    let mut rights = rows.iter().map(|(r, _)| right(r).len());
    let right_width = longest(&mut rights);
    let rows: Vec<&Row> = rows.iter().collect();
    let mut text = String::new();
    for (section, clause, rows) in
        rules::by_section(&rows, |(request, _)| request.section)
    {
        let title = rules::title(section);
        let _ = writeln!(text, "{title}: {clause}");
        for (request, came) in rows {
            let sign = if came.is_right { '✓' } else { '✗' };
            let (name, right) = (request.name, right(request));
            let _ = writeln!(
                text,
                "  {sign} {name:name_width$}  {right:right_width$}  \
                 {came}"
            );
        }
        text.push('\n');
    }
    text
}

/// How many are right, and in which ways the others are wrong.
fn summary(text: &mut String, rows: &[Row]) {
    let wrong = rows.iter().filter(|(_, came)| !came.is_right);
    let mut ways: BTreeMap<Class, usize> = BTreeMap::new();
    for (_, came) in wrong.clone() {
        *ways.entry(came.class).or_default() += 1;
    }
    let (all, wrong) = (rows.len(), wrong.count());
    let right = all - wrong;
    let _ = writeln!(text, "{right} of {all} are right.");
    for (class, count) in ways {
        let _ = writeln!(text, "{count:5} {class}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Result<Option<Said>, String> {
        let words = line.split_whitespace();
        parse(Parser::from_args(words)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_server_is_named_and_two_things_may_be_said_of_it() {
        let server = "localhost:9000".to_string();
        let (patience, at_once) = (None, None);
        let plain = Said { server: server.clone(), patience, at_once };
        assert_eq!(said("localhost:9000"), Ok(Some(plain)));
        let patience = Some(Duration::from_millis(500));
        let full = Said { server, patience, at_once: Some(3) };
        let line = "localhost:9000 --patience 0.5 --at-once=3";
        assert_eq!(said(line), Ok(Some(full)));
        assert_eq!(said("--help"), Ok(None));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let wrong = |line: &str| said(line).unwrap_err();
        assert_eq!(wrong(""), "which server? Write HOST:PORT");
        assert_eq!(wrong("a:1 b:2"), "unexpected argument \"b:2\"");
        for patience in ["0", "-1", "x", "inf"] {
            wrong(&format!("a:1 --patience {patience}"));
        }
    }
}
