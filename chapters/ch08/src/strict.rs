//! The page, attacked: the same server, and a rule for each lesson.

use crate::small::{self, Connection, environ};
use Rules::{Check, Chunks, GoOn, Head, Prompt, Refuse, Time};
use gateway::exchange::{self, End, Protocol};
use gateway::request_head::RequestBody::{Chunked, Length};
use gateway::request_head::{Field, RequestHead};
use gateway::{Application, Environ, Error, Failure};
use std::io::{self, BufRead, Cursor, ErrorKind, Read, Write};
use std::str::FromStr;
use std::time::Duration;

/// How many rules are in force, in the chapter's order.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Rules {
    Check = 1,
    Refuse,
    Head,
    Chunks,
    Time,
    GoOn,
    Prompt,
}

impl FromStr for Rules {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Check, Refuse, Head, Chunks, Time, GoOn, Prompt];
        let number = |rules: &Rules| (*rules as u8).to_string() == text;
        let found = all.into_iter().find(number);
        found.ok_or_else(|| format!("{text:?}, and not 1 to 7"))
    }
}

/// Answers one request, by all the rules. May another one follow?
pub fn answer(
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    answer_by(Prompt, connection, app)
}

/// The same, by this rule and those before it.
pub fn answer_by(
    rules: Rules,
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    match attempt(rules, connection, app) {
        Err(error) => refuse(connection, error),
        done => done,
    }
}

/// Rule 1: a request that is refused is answered, and is the last.
pub fn refuse(
    connection: &mut Connection,
    error: io::Error,
) -> io::Result<bool> {
    let error = Error::from(error);
    let Some(no) = Failure::find(&error) else {
        return Err(error.into());
    };
    let out = connection.get_mut();
    exchange::run(no, &mut Environ::new(), CLOSE, out);
    Ok(false)
}

const CLOSE: Protocol = Protocol::Http { minor: 1, keep_alive: false };

/// The longest body, in bytes.
const BODY_LIMIT: u64 = 1 << 30;

fn attempt(
    rules: Rules,
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    let stream = connection.get_ref();
    if rules >= Time {
        stream.set_read_timeout(Some(PATIENCE))?;
    }
    if rules >= Prompt {
        stream.set_nodelay(true)?;
    }
    let bytes = match rules >= Head {
        true => read_head(connection)?,
        false => small::read_head(connection)?,
    };
    if !bytes.ends_with(b"\r\n\r\n") {
        return Ok(false);
    }
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(&bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        _ if rules < Refuse => return Ok(false),
        Err(error) => Err(no_head(error))?,
        Ok(_) => Err(Failure::bad_request("an empty head"))?,
    }
    let fields = parsed.headers.iter().map(|h| (h.name, h.value));
    let fields: Vec<Field> = fields.collect();
    let head = RequestHead {
        method: parsed.method.unwrap_or_default(),
        target: parsed.path.unwrap_or_default().as_bytes(),
        version: (1, parsed.version.unwrap_or_default()),
        fields: &fields,
    };
    answer_head(rules, connection, &head, app)
}

fn answer_head(
    rules: Rules,
    connection: &mut Connection,
    head: &RequestHead,
    app: &dyn Application,
) -> io::Result<bool> {
    let mut environ = environ(connection.get_ref())?;
    let body = head.read_into(&mut environ, BODY_LIMIT)?;
    let is_asked = head.expects_continue() && body != Length(0);
    if rules >= GoOn && is_asked {
        connection.get_mut().write_all(CONTINUE)?;
    }
    let body = match body {
        Chunked if rules >= Chunks => read_chunks(connection)?,
        Length(length) if rules >= Time => {
            let mut body = Vec::new();
            read_exactly(length, connection, &mut body)?;
            body
        }
        _ => small::read_body(connection, head)?,
    };
    environ.input = Box::new(Cursor::new(body));
    let out = connection.get_mut();
    let done = exchange::run(app, &mut environ, head.protocol(), out);
    Ok(done.end == End::Keep)
}

/// Rule 2: what is no head is refused as well.
fn no_head(error: httparse::Error) -> Failure {
    let status = match error {
        httparse::Error::TooManyHeaders => TOO_LARGE,
        _ => "400 Bad Request",
    };
    Failure::new(status, error.to_string())
}

const TOO_LARGE: &str = "431 Request Header Fields Too Large";

/// Rule 3: a head has a limit, and its lines end in CR LF.
fn read_head(connection: &mut Connection) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match read_line(connection, HEAD_LIMIT, &mut head) {
            Ok(0) => break,
            Ok(_) => {}
            // Nobody waits for an answer to nothing.
            Err(_) if head.is_empty() => break,
            Err(error) => return Err(error),
        }
        if head.len() == HEAD_LIMIT {
            Err(Failure::new(TOO_LARGE, "a head without an end"))?;
        }
    }
    Ok(head)
}

/// The longest head, in bytes.
const HEAD_LIMIT: usize = 80 * 1024;

/// Reads a line behind others, which together are no longer than
/// `limit`. Tells its length, which is 0 at the end of the connection.
fn read_line(
    connection: &mut Connection,
    limit: usize,
    lines: &mut Vec<u8>,
) -> io::Result<usize> {
    let left = limit - lines.len();
    let mut source = connection.take(left as u64);
    let length = source.read_until(b'\n', lines).map_err(late)?;
    if lines.ends_with(b"\n") && !lines.ends_with(b"\r\n") {
        Err(Failure::bad_request("a line ends without CR"))?;
    }
    Ok(length)
}

/// Rule 4: a body in chunks is undone.
fn read_chunks(connection: &mut Connection) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        read_line(connection, LINE_LIMIT, &mut line)?;
        let size = match chunk_size(&line) {
            Some(0) => break,
            Some(size) => size,
            None => Err(Failure::bad_request("no chunk size"))?,
        };
        if size > BODY_LIMIT - body.len() as u64 {
            Err(Failure::new("413 Content Too Large", "chunks"))?;
        }
        read_exactly(size, connection, &mut body)?;
        line.clear();
        read_line(connection, LINE_LIMIT, &mut line)?;
        if line != b"\r\n" {
            Err(Failure::bad_request("a chunk of another size"))?;
        }
    }
    read_trailer(connection)?;
    Ok(body)
}

/// The longest line between chunks, and the longest trailer, in bytes.
const LINE_LIMIT: usize = 256;

/// Digits in base sixteen, and nothing else.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(line.strip_suffix(b"\r\n")?).ok()?;
    let are_digits = digits.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| are_digits)
}

/// Fields behind the last chunk, which are thrown away.
fn read_trailer(connection: &mut Connection) -> io::Result<()> {
    let mut lines = b"\r\n".to_vec();
    while !lines.ends_with(b"\r\n\r\n") {
        let length = read_line(connection, LINE_LIMIT, &mut lines)?;
        let is_field = lines[lines.len() - length..].contains(&b':');
        if !is_field && !lines.ends_with(b"\r\n\r\n") {
            Err(Failure::bad_request("no trailer"))?;
        }
    }
    Ok(())
}

/// Rule 5: half a body is none, and nobody waits for ever.
fn read_exactly(
    length: u64,
    connection: &mut Connection,
    body: &mut Vec<u8>,
) -> io::Result<()> {
    let mut source = connection.take(length);
    let read = source.read_to_end(body).map_err(late)? as u64;
    if read < length {
        let reason =
            format!("a body ends {} bytes early", length - read);
        Err(Failure::bad_request(reason))?;
    }
    Ok(())
}

/// How long we wait for a byte.
pub const PATIENCE: Duration = Duration::from_secs(1);

fn late(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            Failure::new("408 Request Timeout", "a slow client").into()
        }
        _ => error,
    }
}

/// Rule 6: who waits for it is told to go on.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
