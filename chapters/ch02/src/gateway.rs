//! The smallest gateway: one request, in one process, by CGI.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};

/// What the server says of the request: names and values.
pub type Environ = BTreeMap<String, String>;

/// The header fields of a response, in order.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// The environment of this process, which is CGI's environ.
pub fn process_environ() -> Environ {
    let text = |os: OsString| os.to_string_lossy().into_owned();
    env::vars_os().map(|(k, v)| (text(k), text(v))).collect()
}

/// `start_response(status, headers)`: called once, being `FnOnce`.
///
/// ```compile_fail,E0382
/// use ch02::{Environ, Response, StartResponse};
///
/// fn twice(_: &Environ, start_response: StartResponse) -> Response {
///     start_response("200 OK", &[]);
///     start_response("404 Not Found", &[]).body([])
/// }
/// ```
pub type StartResponse = Box<dyn FnOnce(&str, Headers) -> Started>;

/// The proof that `start_response` was called, holding the head.
///
/// ```compile_fail,E0451
/// ch02::Started { head: String::new() }.body([]);
/// ```
pub struct Started {
    head: String,
}

/// A head and a body. Only [`Started::body`] makes one.
pub struct Response {
    head: String,
    blocks: Box<dyn Iterator<Item = String>>,
}

impl Started {
    /// The response: this head, then `blocks`, each sent as it comes.
    pub fn body<B>(self, blocks: B) -> Response
    where
        B: IntoIterator<Item = String, IntoIter: 'static>,
    {
        let head = self.head;
        let blocks = Box::new(blocks.into_iter());
        Response { head, blocks }
    }
}

/// Called once a request, with what the server says and offers.
pub type Application = fn(&Environ, StartResponse) -> Response;

/// Answers the one request that this process was started for.
pub fn run(application: Application) -> io::Result<()> {
    let mut out = io::stdout();
    match respond(application, &process_environ(), &mut out) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Calls the application and writes its response to `out`.
pub fn respond(
    application: Application,
    environ: &Environ,
    out: &mut impl Write,
) -> io::Result<()> {
    let response = application(environ, Box::new(start));
    send(response, out)
}

fn start(status: &str, headers: Headers) -> Started {
    let mut head = format!("Status: {status}\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\n");
    }
    Started { head }
}

fn send(response: Response, out: &mut impl Write) -> io::Result<()> {
    let (mut head, mut blocks) = (response.head, response.blocks);
    let one_block = blocks.size_hint() == (1, Some(1));
    let first = blocks.next().unwrap_or_default();
    if one_block {
        head += &format!("Content-Length: {}\n", first.len());
    }
    write!(out, "{head}\n{first}")?;
    out.flush()?;
    for block in blocks {
        out.write_all(block.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}
