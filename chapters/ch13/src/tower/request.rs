//! The request that a service is given.

use axum::body::Bytes;
use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version,
};
use gateway::middleware::session::Session;
use gateway::{Environ, Failure, Result};
use http_body::{Body, Frame, SizeHint};
use percent_encoding::{
    NON_ALPHANUMERIC, percent_decode, percent_encode,
};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};
use std::mem;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// What the environ says, as `http` has it. The input is taken out.
pub fn of(environ: &mut Environ) -> Result<Request<RequestBody>> {
    let input = mem::replace(&mut environ.input, Box::new(io::empty()));
    let get = |name| environ.bytes(name).unwrap_or_default();
    let (uri, original) = uris(environ).map_err(refused)?;
    let mut request = Request::new(RequestBody::of(input, environ));
    let method = get("REQUEST_METHOD");
    *request.method_mut() =
        Method::from_bytes(method).map_err(refused)?;
    *request.uri_mut() = uri;
    *request.version_mut() = match get("SERVER_PROTOCOL") {
        b"HTTP/1.0" => Version::HTTP_10,
        b"HTTP/2.0" => Version::HTTP_2,
        b"HTTP/3.0" => Version::HTTP_3,
        _ => Version::HTTP_11,
    };
    *request.headers_mut() = fields(environ)?;
    let more = request.extensions_mut();
    more.insert(OriginalUri(original));
    if let Some(client) = client(environ) {
        more.insert(ConnectInfo(client));
    }
    if let Some(session) = Session::find(environ) {
        more.insert(session);
    }
    Ok(request)
}

fn refused(error: impl std::error::Error) -> Failure {
    Failure::bad_request(error.to_string())
}

/// The URI below SCRIPT_NAME, and the whole one.
fn uris(environ: &Environ) -> Result<(Uri, Uri), axum::http::Error> {
    let get = |name| environ.bytes(name).unwrap_or_default();
    let asked = Uri::try_from(get("REQUEST_URI")).unwrap_or_default();
    let encoded = |path| Cow::from(percent_encode(path, ESCAPED));
    let (script, path) = (get("SCRIPT_NAME"), get("PATH_INFO"));
    let query = get("QUERY_STRING");
    let (script, path) = match split(asked.path(), script, path) {
        // Most are not below anything, and as they were sent.
        Some(("", path))
            if asked.host().is_none()
                && path.starts_with('/')
                && asked.query().unwrap_or_default().as_bytes()
                    == query =>
        {
            return Ok((asked.clone(), asked));
        }
        Some((script, path)) => (script.into(), path.into()),
        // A web server has changed it.
        None => (encoded(script), encoded(path)),
    };
    let mark = match query.is_empty() && asked.query().is_none() {
        true => "",
        false => "?",
    };
    let uri = |path: &str| {
        let path = if path.starts_with('/') { path } else { "/" };
        let path = [path.as_bytes(), mark.as_bytes(), query].concat();
        Uri::builder().path_and_query(path).build()
    };
    Ok((uri(&path)?, uri(&[script, path].concat())?))
}

/// Where what was asked for is split into these two.
fn split<'p>(
    asked: &'p str,
    script: &[u8],
    path: &[u8],
) -> Option<(&'p str, &'p str)> {
    let is = |text: &str, decoded: &[u8]| {
        percent_decode(text.as_bytes()).eq(decoded.iter().copied())
    };
    let slashes = asked.match_indices('/').map(|(at, _)| at);
    slashes
        .chain([asked.len()])
        .map(|at| asked.split_at(at))
        .find(|(before, rest)| is(before, script) && is(rest, path))
}

const ESCAPED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The fields, from the variables that they have become.
fn fields(environ: &Environ) -> Result<HeaderMap> {
    let mut fields = HeaderMap::new();
    let mut hyphened = Vec::new();
    let mut insert = |name: &[u8], value| {
        let hyphen = |&byte| if byte == b'_' { b'-' } else { byte };
        hyphened.clear();
        hyphened.extend(name.iter().map(hyphen));
        let name =
            HeaderName::from_bytes(&hyphened).map_err(refused)?;
        let value = HeaderValue::from_bytes(value).map_err(refused)?;
        fields.insert(name, value);
        Ok::<_, Failure>(())
    };
    for (variable, value) in environ.entries() {
        match variable.strip_prefix(b"HTTP_") {
            None | Some(b"" | b"CONTENT_TYPE" | b"CONTENT_LENGTH") => {}
            Some(name) => insert(name, value)?,
        }
    }
    for name in ["CONTENT_TYPE", "CONTENT_LENGTH"] {
        match environ.bytes(name) {
            None | Some(b"") => {}
            Some(value) => insert(name.as_bytes(), value)?,
        }
    }
    Ok(fields)
}

fn client(environ: &Environ) -> Option<SocketAddr> {
    let address = environ.get("REMOTE_ADDR")?.parse().ok()?;
    // Of a web server's own, and not among CGI's variables.
    let port = environ.get("REMOTE_PORT").unwrap_or_default();
    Some(SocketAddr::new(address, port.parse().unwrap_or(0)))
}

/// The body of a request.
///
/// A thread reads a block when it is asked for, so that the service can
/// wait for something else meanwhile.
pub struct RequestBody {
    state: State,
    /// The bytes to come, if that is known.
    left: Option<u64>,
}

type Input = Box<dyn BufRead + Send>;

enum State {
    Idle(Input),
    Reading(JoinHandle<(Input, io::Result<Vec<u8>>)>),
    Over,
}

/// How much is read at a time, at most, in bytes.
const BLOCK: usize = 16 * 1024;

impl RequestBody {
    fn of(input: Input, environ: &Environ) -> Self {
        let length = environ.get("CONTENT_LENGTH");
        // One in chunks has no length.
        let left = length.and_then(|length| length.parse().ok());
        Self { state: State::Idle(input), left }
    }
}

/// The next block, which is empty at the end.
fn read(input: &mut Input) -> io::Result<Vec<u8>> {
    let mut block = vec![0; BLOCK];
    let length = loop {
        match input.read(&mut block) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    block.truncate(length);
    Ok(block)
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        let this = &mut *self;
        if let State::Idle(_) = this.state
            && let State::Idle(mut input) =
                mem::replace(&mut this.state, State::Over)
        {
            this.state = State::Reading(spawn_blocking(move || {
                let block = read(&mut input);
                (input, block)
            }));
        }
        let State::Reading(task) = &mut this.state else {
            return Poll::Ready(None);
        };
        let done = ready!(Pin::new(task).poll(context));
        this.state = State::Over;
        let (input, block) = done?;
        let block = block?;
        if block.is_empty() {
            return Poll::Ready(None);
        }
        this.state = State::Idle(input);
        let length = block.len() as u64;
        this.left = this.left.map(|left| left.saturating_sub(length));
        Poll::Ready(Some(Ok(Frame::data(block.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0) || matches!(self.state, State::Over)
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            Some(left) => SizeHint::with_exact(left),
            None => SizeHint::default(),
        }
    }
}
