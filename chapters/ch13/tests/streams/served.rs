//! What the server's process does.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::routing::{get, post};
use ch13::{Tower, service};
use futures_util::{StreamExt, stream};
use gateway::{
    Application, Block, Environ, Failure, Response, Result,
    StartResponse,
};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::{env, iter, mem, thread};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::Semaphore;

/// Bytes that were made, and that came.
static MADE: AtomicU64 = AtomicU64::new(0);
static CAME: AtomicU64 = AtomicU64::new(0);
/// Requests that were begun, whose producer or reader was dropped, and
/// whose body failed.
static BEGUN: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);
/// Opened by a line to the listener beside.
static GATE: Semaphore = Semaphore::const_new(0);
static STOP: Semaphore = Semaphore::const_new(0);

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

const BLOCK: usize = 64 * 1024;

#[test]
#[ignore = "the others start it, in a process of its own"]
fn serve() {
    let Ok(kind) = env::var("STREAMS_SERVE") else { return };
    let beside = TcpListener::bind("127.0.0.1:0").expect("a port");
    let state = beside.local_addr().expect("an address");
    let say = |address| println!("\nat {address} {state}");
    thread::spawn(move || {
        for stream in beside.incoming() {
            let _ = stream.and_then(tell);
        }
    });
    let tower = || Tower::new(router()).expect("threads");
    match &*kind {
        "http" => {
            let server = gateway::http::Server::bind("127.0.0.1:0");
            let server = server.expect("a port");
            say(server.address());
            server.serve(tower()).expect("serves");
        }
        "fastcgi" => {
            let server = gateway::fastcgi::Server::bind("127.0.0.1:0");
            let server = server.expect("a port");
            say(server.address());
            server.serve(tower()).expect("serves");
        }
        "hyper" => hyper(service(application), say),
        "two" => hyper(service(application).threads(2), say),
        kind => panic!("no such server: {kind}"),
    }
}

/// Tells the counts, or does as the line says.
fn tell(mut stream: TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    match line.trim() {
        "open" => GATE.add_permits(1),
        "stop" => STOP.add_permits(1),
        _ => {}
    }
    let counts = [&MADE, &CAME, &BEGUN, &DROPPED, &FAILED];
    for count in counts {
        write!(stream, "{} ", count.load(SeqCst))?;
    }
    Ok(())
}

fn hyper<A>(
    service: ch13::AppService<A>,
    say: impl Fn(std::net::SocketAddr),
) where
    A: Application + Send + Sync + 'static,
{
    let serve = async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = listener.await?;
        say(listener.local_addr()?);
        let router = Router::new().fallback_service(service);
        let stopped = async { drop(STOP.acquire().await) };
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped)
            .await
    };
    let runtime = Runtime::new().expect("threads");
    runtime.block_on(serve).expect("serves");
}

fn router() -> Router {
    let stream = async |RawQuery(query): RawQuery| {
        let blocks = Producer::new(number(query.as_deref()));
        let blocks = stream::iter(blocks.map(Ok::<_, io::Error>));
        (TEXT, Body::from_stream(blocks))
    };
    let echo = async |body: Body| {
        let counted = |block: &std::result::Result<Bytes, _>| {
            count(block.as_ref().map_or(0, Bytes::len));
        };
        let blocks = body.into_data_stream().inspect(counted);
        (TEXT, Body::from_stream(blocks))
    };
    Router::new()
        .route("/stream", get(stream))
        .route("/count", post(count_all))
        .route("/gated", post(gated))
        .route("/echo", post(echo))
}

fn number(query: Option<&str>) -> u64 {
    query.and_then(|query| query.parse().ok()).unwrap_or(u64::MAX)
}

fn count(length: usize) {
    CAME.fetch_add(length as u64, SeqCst);
}

async fn gated(body: Body) -> String {
    BEGUN.fetch_add(1, SeqCst);
    drop(GATE.acquire().await);
    count_all(body).await
}

async fn count_all(body: Body) -> String {
    let _noted = Noted;
    let mut blocks = body.into_data_stream();
    let mut all = 0;
    while let Some(block) = blocks.next().await {
        match block {
            Ok(block) => count(block.len()),
            Err(_) => {
                FAILED.fetch_add(1, SeqCst);
                break;
            }
        }
        all = CAME.load(SeqCst);
    }
    format!("{all}")
}

/// Its end is noted.
struct Noted;

impl Drop for Noted {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, SeqCst);
    }
}

/// Makes so many bytes.
struct Producer {
    left: u64,
    _noted: Noted,
}

impl Producer {
    fn new(left: u64) -> Self {
        BEGUN.fetch_add(1, SeqCst);
        Self { left, _noted: Noted }
    }
}

impl Iterator for Producer {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let length = self.left.min(BLOCK as u64);
        self.left -= length;
        MADE.fetch_add(length, SeqCst);
        (length > 0).then(|| vec![b'x'; length as usize])
    }
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let [text] = TEXT;
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let n = number(environ.get("QUERY_STRING").as_deref());
    if path == "/panic" {
        panic!("as it was told to");
    }
    if path == "/sized-cut" {
        let headers = [text, ("Content-Length", "100000")];
        return Ok(start_response("200 OK", &headers)?.body(cut(n)));
    }
    let started = start_response("200 OK", &TEXT)?;
    Ok(match &*path {
        "/stream" => started.body(gateway::Body::blocks(
            Producer::new(n).map(|block| Ok(block.into())),
        )),
        "/block" => started.body(vec![b'x'; n as usize]),
        "/count" | "/gated" => {
            let _noted = Noted;
            if path == "/gated" {
                BEGUN.fetch_add(1, SeqCst);
                drop(Handle::current().block_on(GATE.acquire()));
            }
            started.body(read_all(environ)?.to_string())
        }
        "/echo" => {
            let empty = Box::new(io::empty());
            let mut input = mem::replace(&mut environ.input, empty);
            let block = move || read(&mut input).transpose();
            started.body(gateway::Body::blocks(iter::from_fn(block)))
        }
        "/cut" => started.body(cut(n)),
        "/meet" => started.body(Handle::current().block_on(meet(n))),
        path => return Err(Failure::new("404 Not Found", path).into()),
    })
}

fn read_all(environ: &mut Environ) -> io::Result<u64> {
    let mut block = [0; BLOCK];
    loop {
        match environ.input.read(&mut block) {
            Ok(0) => return Ok(CAME.load(SeqCst)),
            Ok(length) => count(length),
            Err(error) => {
                FAILED.fetch_add(1, SeqCst);
                return Err(error);
            }
        }
    }
}

fn read(input: &mut dyn Read) -> Result<Option<Block>> {
    let mut block = vec![0; BLOCK];
    let length = input.read(&mut block)?;
    count(length);
    block.truncate(length);
    Ok((length > 0).then(|| block.into()))
}

/// A body that fails after so many bytes, once it is told to.
fn cut(length: u64) -> gateway::Body {
    let mut block = Some(vec![b'x'; length as usize].into());
    gateway::Body::blocks(iter::from_fn(move || {
        Some(block.take().ok_or_else(|| {
            let told = Handle::current().block_on(GATE.acquire());
            told.expect("never closed").forget();
            "as it was told to".into()
        }))
    }))
}

/// Waits until so many are here at once.
async fn meet(count: u64) -> &'static str {
    BEGUN.fetch_add(1, SeqCst);
    static PLACES: Semaphore = Semaphore::const_new(0);
    static HERE: AtomicU64 = AtomicU64::new(0);
    if HERE.fetch_add(1, SeqCst) + 1 == count {
        PLACES.add_permits(count as usize);
    }
    PLACES.acquire().await.expect("never closed").forget();
    "met"
}
