//! The servers that are compared.

use crate::bound::bound;
use crate::load;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use ch13::{Tower, service};
use gateway::http::Server;
use gateway::{Application, Environ, Response, Result, StartResponse};
use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Axum,
    Tower,
    Native,
    SpawnBlocking,
    Service,
}

pub const PAGE: &str = "/hello";

const HELLO: &str = "<html><body>Hello World!</body></html>";

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Axum,
        Self::Tower,
        Self::Native,
        Self::SpawnBlocking,
        Self::Service,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum on hyper",
            Self::Tower => "axum on gateway::http",
            Self::Native => "application on gateway::http",
            Self::SpawnBlocking => "spawn_blocking on hyper",
            Self::Service => "application on hyper",
        }
    }
}

/// A server in a process of its own, which ends with this value.
pub struct Running {
    pub kind: Kind,
    pub address: SocketAddr,
    process: Child,
}

impl Running {
    /// # Panics
    ///
    /// It does not start, or answers wrongly.
    pub fn start(kind: Kind) -> Self {
        let this = env::current_exe().expect("this program");
        let mut command = bound(this);
        command.arg("--serve").arg(kind.name());
        command.stdout(Stdio::piped());
        let mut process = command.spawn().expect("a process");
        let stdout = process.stdout.take().expect("is piped");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        read.expect("a line");
        let address = line.trim().parse().expect("an address");
        load::check(address, PAGE, HELLO);
        Self { kind, address, process }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What this process was started to serve.
pub fn asked_for(arguments: &[String]) -> Option<Kind> {
    let at = arguments.iter().position(|a| a == "--serve")?;
    Kind::ALL.into_iter().find(|k| k.name() == arguments[at + 1])
}

pub fn serve(kind: Kind) {
    match kind {
        Kind::Axum => hyper(router()),
        Kind::Tower => gateway(Tower::new(router()).expect("threads")),
        Kind::Native => gateway(hello),
        Kind::SpawnBlocking => hyper(blocking()),
        Kind::Service => {
            hyper(Router::new().route_service(PAGE, service(hello)));
        }
    }
}

fn router() -> Router {
    Router::new().route(PAGE, get(async || Html(HELLO)))
}

/// What a handler in axum does that has to block.
fn blocking() -> Router {
    let handler = async || {
        spawn_blocking(|| Html(HELLO)).await.expect("no panic")
    };
    Router::new().route(PAGE, get(handler))
}

fn hello(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(HELLO))
}

/// As axum's documentation has it, with a runtime as it comes.
fn hyper(router: Router) {
    let serve = async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, router).await
    };
    let runtime = Runtime::new().expect("threads");
    runtime.block_on(serve).expect("serves");
}

/// With as many threads as it has by itself.
fn gateway(app: impl Application + Send + Sync) {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    server.serve(app).expect("serves");
}
