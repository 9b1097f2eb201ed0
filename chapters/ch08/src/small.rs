//! HTTP/1.1 in a page: heads, bodies with a length, and answers.

use gateway::exchange::{self, End};
use gateway::request_head::{self, Field, RequestHead};
use gateway::{Application, Environ};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A client, and what of its bytes we have read ahead.
pub type Connection = BufReader<TcpStream>;

/// Gives each connection a thread, until the process ends.
pub fn serve(
    listener: &TcpListener,
    answer: impl Fn(&mut Connection) -> io::Result<bool> + Sync,
) -> io::Result<()> {
    let answer = &answer;
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let mut connection = BufReader::new(stream?);
            scope.spawn(move || {
                while let Ok(true) = answer(&mut connection) {}
            });
        }
        Ok(())
    })
}

/// Answers one request. May another one follow?
pub fn answer(
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    let bytes = read_head(connection)?;
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(_)) = parsed.parse(&bytes) else {
        return Ok(false);
    };
    let fields = parsed.headers.iter().map(|h| (h.name, h.value));
    let fields: Vec<Field> = fields.collect();
    let head = RequestHead {
        method: parsed.method.unwrap_or_default(),
        target: parsed.path.unwrap_or_default().as_bytes(),
        version: (1, parsed.version.unwrap_or_default()),
        fields: &fields,
    };

    let mut environ = environ(connection.get_ref())?;
    head.fill(&mut environ);
    let body = read_body(connection, &head)?;
    environ.input = Box::new(Cursor::new(body));
    let out = connection.get_mut();
    let done = exchange::run(app, &mut environ, head.protocol(), out);
    Ok(done.end == End::Keep)
}

/// Reads up to the empty line, or as far as there is something.
pub(crate) fn read_head(
    connection: &mut Connection,
) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read_until(b'\n', &mut head)? == 0 {
            break;
        }
    }
    Ok(head)
}

/// Reads as many bytes as Content-Length says.
pub(crate) fn read_body(
    connection: &mut Connection,
    head: &RequestHead,
) -> io::Result<Vec<u8>> {
    let length = head.values("Content-Length").next();
    let length = length.and_then(|text| str::from_utf8(text).ok());
    let length = length.and_then(|text| text.parse().ok());
    let mut body = Vec::new();
    let mut source = connection.take(length.unwrap_or(0));
    source.read_to_end(&mut body)?;
    Ok(body)
}

/// An environ that says who talks to whom.
pub(crate) fn environ(stream: &TcpStream) -> io::Result<Environ> {
    let mut environ = Environ::new();
    let server = request_head::name_and_port(stream.local_addr()?);
    let client = request_head::address_and_port(stream.peer_addr()?);
    request_head::fill_addresses(&mut environ, &server, Some(&client));
    environ.multithread = true;
    Ok(environ)
}
