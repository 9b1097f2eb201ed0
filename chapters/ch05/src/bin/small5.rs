//! A server in a page: tiny_http reads, and the exchange answers.

use gateway::exchange::{self, Protocol};
use gateway::{Application, Environ};
use std::io::{self, Cursor, Write};
use std::net::TcpListener;
use std::thread;
use tiny_http::{Request, Server};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    serve(listener, &ch05::application)
}

/// Four workers take requests from tiny_http's queue.
pub fn serve(
    listener: TcpListener,
    app: &(impl Application + Sync),
) -> io::Result<()> {
    let server = Server::from_listener(listener, None)
        .map_err(io::Error::other)?;
    let work = || {
        for request in server.incoming_requests() {
            if let Err(error) = answer(request, app) {
                eprintln!("{error}");
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    Ok(())
}

/// Answers one request.
fn answer(
    mut request: Request,
    app: &dyn Application,
) -> io::Result<()> {
    let mut environ = Environ::new();
    environ.multithread = true;
    set_request(&mut environ, &request);
    set_fields(&mut environ, &request);
    let mut body = Vec::new();
    request.as_reader().read_to_end(&mut body)?;
    environ.input = Box::new(Cursor::new(body));
    let protocol = Protocol::Http { minor: 1, keep_alive: true };
    let mut out = request.into_writer();
    exchange::run(app, &mut environ, protocol, &mut out);
    out.flush()
}

/// The request line, under the names that CGI has for its parts.
fn set_request(environ: &mut Environ, request: &Request) {
    let target = request.url();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    environ.set("REQUEST_METHOD", request.method().as_str());
    environ.set("SCRIPT_NAME", "");
    environ.set("PATH_INFO", percent_decoded(path));
    environ.set("QUERY_STRING", query);
    let version = request.http_version();
    environ.set("SERVER_PROTOCOL", format!("HTTP/{version}"));
    if let Some(client) = request.remote_addr() {
        environ.set("REMOTE_ADDR", client.ip().to_string());
    }
}

/// The header fields, each a variable.
fn set_fields(environ: &mut Environ, request: &Request) {
    for header in request.headers() {
        let name = header.field.as_str().as_str();
        let name = name.to_ascii_uppercase().replace('-', "_");
        let name = match name.as_str() {
            "CONTENT_TYPE" | "CONTENT_LENGTH" => name,
            _ => format!("HTTP_{name}"),
        };
        environ.set(&name, header.value.as_str());
    }
}

/// Undoes percent-encoding: `%41` is an A.
fn percent_decoded(path: &str) -> Vec<u8> {
    let mut pieces = path.split('%');
    let mut decoded: Vec<u8> = pieces.next().unwrap_or_default().into();
    for piece in pieces {
        let digits = piece.get(..2).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(byte) => {
                decoded.push(byte);
                decoded.extend(piece[2..].bytes());
            }
            Err(_) => decoded.extend(format!("%{piece}").bytes()),
        }
    }
    decoded
}
