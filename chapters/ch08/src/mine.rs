//! HTTP of the exercises' answers.

#[path = "mine_reading.rs"]
mod reading;

use crate::mine::{attempt, piece, pieces};
pub use ch08::small::Connection;
pub use ch08::strict::refuse;
use gateway::exchange::{self, End, Protocol};
use gateway::{Application, Environ, Failure};
use reading::{PATIENCE, read, read_until};
use std::io::{self, Cursor};

pieces!(chapter1 in "../../ch01":
    "1.4" variable_name, "1.5" percent_decode);
pieces!(chapter8 in "..":
    "8.1" chunk_size, "8.2" patience, "8.3" head_length,
    "8.4" body_length, "8.5" dechunk);

pub const PIECES: [&[crate::mine::Piece]; 2] =
    [chapter1::PIECES, chapter8::PIECES];

/// The longest body in chunks, in bytes.
const LIMIT: usize = 1 << 30;

/// Answers one request, whatever the pieces do. May another one follow?
pub fn answer(
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    let done = attempt(|| try_to_answer(connection, app));
    let status = "500 Internal Server Error";
    let panic = || Err(Failure::new(status, "a piece panicked").into());
    done.unwrap_or_else(panic)
        .or_else(|error| refuse(connection, error))
}

fn try_to_answer(
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    let Some(bytes) = read_head(connection)? else { return Ok(false) };
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(_)) = head.parse(&bytes) else {
        return Err(Failure::bad_request("not a head").into());
    };
    let body = read_body(connection, &head)?;
    let mut environ = environ(&head);
    environ.input = Box::new(Cursor::new(body));
    let keep = environ.get("HTTP_CONNECTION");
    let keep = !keep.is_some_and(|v| v.eq_ignore_ascii_case("close"));
    let minor = head.version.unwrap_or_default();
    let keep_alive = keep && minor == 1;
    let protocol = Protocol::Http { minor, keep_alive };
    let out = connection.get_mut();
    let done = exchange::run(app, &mut environ, protocol, out);
    Ok(done.end == End::Keep)
}

/// Reads up to the empty line; `None` if there is no request.
fn read_head(
    connection: &mut Connection,
) -> io::Result<Option<Vec<u8>>> {
    // Who says nothing is told nothing.
    if read(connection, &mut { PATIENCE })
        .map_or(true, <[u8]>::is_empty)
    {
        return Ok(None);
    }
    let mut searched = 0;
    read_until(connection, |bytes| {
        let head_length = piece!(chapter8::head_length);
        let length = head_length(&mut searched, bytes);
        Ok(length.map(|length| (bytes[..length].to_vec(), length)))
    })
}

fn read_body(
    connection: &mut Connection,
    head: &httparse::Request,
) -> io::Result<Vec<u8>> {
    let text = |value| str::from_utf8(value).unwrap_or("\u{fffd}");
    let fields = head.headers.iter().map(|h| (h.name, text(h.value)));
    let fields: Vec<(&str, &str)> = fields.collect();
    let body_length = piece!(chapter8::body_length);
    let body = match body_length(&fields, head.version == Some(0)) {
        Ok(Some(0)) => return Ok(Vec::new()),
        Ok(Some(length)) => read_until(connection, |bytes| {
            let length = length.try_into().unwrap_or(usize::MAX);
            let body = bytes.get(..length).map(<[u8]>::to_vec);
            Ok(body.map(|body| (body, length)))
        }),
        Ok(None) => read_until(connection, chunks),
        Err(no) => Err(Failure::new(no, "its length").into()),
    };
    let half = || Failure::bad_request("half a body").into();
    body?.ok_or_else(half)
}

/// The body that is in chunks, when all of it is there.
fn chunks(bytes: &[u8]) -> io::Result<Option<(Vec<u8>, usize)>> {
    let line = bytes.iter().position(|&byte| byte == b'\r');
    let line = line.map(|end| String::from_utf8_lossy(&bytes[..end]));
    let chunk_size = piece!(chapter8::chunk_size);
    if line.is_some_and(|line| chunk_size(&line).is_none()) {
        return Err(Failure::bad_request("no chunk size").into());
    }
    let body = piece!(chapter8::dechunk)(bytes, LIMIT);
    body.map_err(|why| Failure::bad_request(why).into())
}

fn environ(head: &httparse::Request) -> Environ {
    let mut environ = Environ::new();
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    environ.set("REQUEST_METHOD", head.method.unwrap_or_default());
    environ.set("SCRIPT_NAME", "");
    environ.set("PATH_INFO", piece!(chapter1::percent_decode)(path));
    environ.set("QUERY_STRING", query);
    for header in &*head.headers {
        if let Some(name) = piece!(chapter1::variable_name)(header.name)
        {
            environ.set(&name, header.value);
        }
    }
    environ.multithread = true;
    environ
}
