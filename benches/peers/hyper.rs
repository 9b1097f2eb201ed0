//! hyper with the bench's page: `hyper inline`, `hyper pool`.
//!
//! Inline, the application is called where the request was read, and
//! must not block. On tokio's pool it may, as it may in the gateway.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::{env, io};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{spawn, spawn_blocking};

type Answer = Response<Full<Bytes>>;

fn main() -> io::Result<()> {
    let is_inline = match env::args().nth(1).as_deref() {
        Some("inline") => true,
        Some("pool") => false,
        _ => return Err(io::Error::other("inline or pool?")),
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(4).enable_io().build()?;
    runtime.block_on(serve(is_inline))
}

async fn serve(is_inline: bool) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        spawn(attend(stream, is_inline));
    }
}

async fn attend(stream: TcpStream, is_inline: bool) {
    let answer = move |request| async move {
        match is_inline {
            true => Ok(application(&request)),
            false => {
                spawn_blocking(move || application(&request)).await
            }
        }
    };
    let connection = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    // A client that has gone is no failure.
    let _ = connection.await;
}

/// Content-Length and Date are hyper's to add.
fn application(request: &Request<Incoming>) -> Answer {
    assert_eq!(request.uri().path(), "/hello", "the only page");
    Response::builder()
        .header("Content-Type", "text/html")
        .header("Server", "hyper")
        .body("<html><body>Hello World!</body></html>".into())
        .expect("a response")
}
