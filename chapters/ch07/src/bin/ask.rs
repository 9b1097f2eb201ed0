//! A web server for one connection: starts a program of this chapter,
//! sends it records, and prints those that go both ways.

use gateway::fastcgi::pairs;
use gateway::fastcgi::record::*;
use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

const USAGE: &str = "\
    Which program, and what is it asked? For instance:
    ask small7 GET /
    ask small7 POST / name=Zoe
    ask small7 'BEGIN_REQUEST 1' 'PARAMS 1 PATH_INFO=/' 'PARAMS 1' \
    'STDIN 1'";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let program = arguments.first().map(String::as_str);
    let steps = steps(arguments.get(1..).unwrap_or_default());
    let (Some(program), Some(steps)) = (program, steps) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match ask(program, &steps) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is done, one after the other.
enum Step {
    Records(Vec<u8>),
    /// Something that is no record.
    Bytes(Vec<u8>),
    /// Waits for a record that comes back.
    Wait,
}

fn steps(arguments: &[String]) -> Option<Vec<Step>> {
    if let [method, path, body @ ..] = arguments
        && path.starts_with('/')
    {
        let request = request(method, path, &body.concat());
        return Some(vec![Step::Records(request)]);
    }
    let step = |text: &String| match text.split_once(' ') {
        None if text == "<" => Some(Step::Wait),
        Some(("BYTES", bytes)) => Some(Step::Bytes(bytes.into())),
        _ => record(text).map(Step::Records),
    };
    let steps: Option<Vec<Step>> = arguments.iter().map(step).collect();
    steps.filter(|steps| !steps.is_empty())
}

/// How long nothing comes before that is said.
const SILENCE: Duration = Duration::from_secs(2);

fn ask(program: &str, steps: &[Step]) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    stream.set_read_timeout(Some(SILENCE))?;
    let mut child = start(program, listener)?;
    let talked = talk(&mut stream, steps);
    child.kill()?;
    child.wait()?;
    talked
}

/// Starts a program whose descriptor 0 is the socket that listens.
fn start(program: &str, socket: TcpListener) -> io::Result<Child> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "-q", "-p", "ch07", "--bin", program]);
    if !cargo.status()?.success() {
        return Err(io::Error::other("it cannot be built"));
    }
    let program = env::current_exe()?.with_file_name(program);
    Command::new(program).stdin(OwnedFd::from(socket)).spawn()
}

fn talk(stream: &mut TcpStream, steps: &[Step]) -> io::Result<()> {
    for step in steps {
        let bytes = match step {
            Step::Records(bytes) => {
                let mut rest = &bytes[..];
                while print(">", &mut rest)?.is_some() {}
                bytes
            }
            Step::Bytes(bytes) => {
                println!("> {:21} {}", "", shown(bytes));
                bytes
            }
            Step::Wait => {
                print("<", stream)?;
                continue;
            }
        };
        // It may have closed; what it said before that still comes.
        let _ = stream.write_all(bytes);
    }
    let mut last = 0;
    let end = loop {
        match print("<", stream) {
            Ok(Some(kind)) => last = kind,
            Ok(None) if last == END_REQUEST => return Ok(()),
            Ok(None) => break "the connection ends",
            Err(e) => match e.kind() {
                ErrorKind::ConnectionReset => break "a reset",
                ErrorKind::WouldBlock => break "silence",
                _ => return Err(e),
            },
        }
    };
    println!("< {:21} ({end})", "");
    Ok(())
}

/// A record from a line like those that are printed.
fn record(line: &str) -> Option<Vec<u8>> {
    let (kind, rest) = line.split_once(' ')?;
    let (id, content) = rest.split_once(' ').unwrap_or((rest, ""));
    let (kind, id) = (kind_of(kind)?, id.parse().ok()?);
    let content = match kind {
        BEGIN_REQUEST => begin(content)?.to_vec(),
        PARAMS | GET_VALUES => pairs_of(content),
        _ => content.into(),
    };
    let mut bytes = Vec::new();
    push(&mut bytes, kind, id, &content);
    Some(bytes)
}

fn begin(word: &str) -> Option<[u8; 8]> {
    let (role, flags) = match word {
        "" => (RESPONDER, 0),
        "KEEP_CONN" => (RESPONDER, KEEP_CONN),
        "AUTHORIZER" => (2, 0),
        _ => return None,
    };
    Some([0, role as u8, flags, 0, 0, 0, 0, 0])
}

/// Words such as `NAME=value`. Where they end in `…`, the last byte is
/// left out.
fn pairs_of(words: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words.split_whitespace() {
        match word.split_once('=') {
            None if word == "…" => drop(bytes.pop()),
            None => pairs::push(&mut bytes, word, ""),
            Some((name, value)) => {
                pairs::push(&mut bytes, name, value);
            }
        }
    }
    bytes
}

/// A request, as records.
fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let length = body.len().to_string();
    let mut params = Vec::new();
    for (name, value) in [
        ("REQUEST_METHOD", method),
        ("SCRIPT_NAME", ""),
        ("PATH_INFO", path),
        ("QUERY_STRING", query),
        ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
        ("CONTENT_LENGTH", &length),
        ("SERVER_NAME", "localhost"),
        ("SERVER_PORT", "80"),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
    ] {
        pairs::push(&mut params, name, value);
    }
    let mut records = Vec::new();
    let begin = [0, RESPONDER as u8, 0, 0, 0, 0, 0, 0];
    push(&mut records, BEGIN_REQUEST, 1, &begin);
    for (kind, content) in
        [(PARAMS, &*params), (STDIN, body.as_bytes())]
    {
        if !content.is_empty() {
            push(&mut records, kind, 1, content);
        }
        push(&mut records, kind, 1, &[]);
    }
    records
}

/// Prints a record, and returns its type; `None` if no more come.
fn print(way: &str, from: &mut impl Read) -> io::Result<Option<u8>> {
    let mut header = [0; Header::SIZE];
    match from.read_exact(&mut header) {
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
            return Ok(None);
        }
        read => read?,
    }
    let Header { kind, id, length, padding } = Header::parse(header)?;
    let mut content = vec![0; length.into()];
    from.read_exact(&mut content)?;
    from.read_exact(&mut vec![0; padding.into()])?;
    let (name, content) = (name(kind), shown(&content));
    println!("{way} {name:13} {id} {length:4}+{padding} {content}");
    Ok(Some(kind))
}

const KINDS: [(u8, &str); 10] = [
    (BEGIN_REQUEST, "BEGIN_REQUEST"),
    (ABORT_REQUEST, "ABORT_REQUEST"),
    (END_REQUEST, "END_REQUEST"),
    (PARAMS, "PARAMS"),
    (STDIN, "STDIN"),
    (STDOUT, "STDOUT"),
    (STDERR, "STDERR"),
    (GET_VALUES, "GET_VALUES"),
    (GET_VALUES_RESULT, "VALUES_RESULT"),
    (UNKNOWN_TYPE, "UNKNOWN_TYPE"),
];

fn name(kind: u8) -> String {
    let mut all = KINDS.iter();
    let name = all.find(|(other, _)| *other == kind);
    name.map_or(format!("type {kind}"), |(_, name)| name.to_string())
}

fn kind_of(name: &str) -> Option<u8> {
    let mut all = KINDS.iter();
    let kind = all.find(|(_, other)| *other == name);
    kind.map(|(kind, _)| *kind).or_else(|| name.parse().ok())
}

/// Some bytes as a line, without their middle if there are many.
fn shown(content: &[u8]) -> String {
    let text = content.escape_ascii().to_string();
    match text.len() {
        0..45 => text,
        n => format!("{} … {}", &text[..25], &text[n - 16..]),
    }
}
