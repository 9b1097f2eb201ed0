//! A web server for one request: starts a program of this chapter, and
//! prints the records that go both ways, a line for each.

use gateway::fastcgi::pairs;
use gateway::fastcgi::record::*;
use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitCode};

const USAGE: &str = "Which program, method and path? For instance: \
                     ask shortest GET /\n\
                     A body may follow.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [program, method, path, body @ ..] = &arguments[..] else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let request = request(method, path, &body.concat());
    match ask(program, &request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(program: &str, request: &[u8]) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    let mut child = start(program, listener)?;
    let talked = print(">", &mut &request[..])
        .and_then(|()| stream.write_all(request))
        .and_then(|()| print("<", &mut stream));
    child.kill()?;
    child.wait()?;
    talked
}

/// Starts a program whose descriptor 0 is the socket that listens.
fn start(program: &str, socket: TcpListener) -> io::Result<Child> {
    Command::new("cargo")
        .args(["run", "-q", "-p", "ch07", "--bin", program])
        .stdin(OwnedFd::from(socket))
        .spawn()
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
    let role = [0, RESPONDER as u8, 0, 0, 0, 0, 0, 0];
    push(&mut records, BEGIN_REQUEST, 1, &role);
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

/// Prints records until there are no more.
fn print(way: &str, records: &mut impl Read) -> io::Result<()> {
    let mut header = [0; Header::SIZE];
    loop {
        match records.read_exact(&mut header) {
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                return Ok(());
            }
            read => read?,
        }
        let Header { kind, id, length, padding } =
            Header::parse(header)?;
        let mut content = vec![0; length.into()];
        records.read_exact(&mut content)?;
        records.read_exact(&mut vec![0; padding.into()])?;
        let (kind, content) = (name(kind), shown(&content));
        println!("{way} {kind:13} {id} {length:4}+{padding} {content}");
    }
}

fn name(kind: u8) -> String {
    let name = match kind {
        BEGIN_REQUEST => "BEGIN_REQUEST",
        ABORT_REQUEST => "ABORT_REQUEST",
        END_REQUEST => "END_REQUEST",
        PARAMS => "PARAMS",
        STDIN => "STDIN",
        STDOUT => "STDOUT",
        STDERR => "STDERR",
        _ => return format!("type {kind}"),
    };
    name.into()
}

/// The start of some bytes, as a line.
fn shown(content: &[u8]) -> String {
    let text = content.escape_ascii().to_string();
    match text.len() {
        0..45 => text,
        _ => format!("{} …", &text[..42]),
    }
}
