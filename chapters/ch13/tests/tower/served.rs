//! Bodies over the wire, read while they are sent.

use super::support::Client;
use super::tower;
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use futures_util::StreamExt;
use gateway::http::{Server, Stopper};
use std::io;
use std::thread::{self, JoinHandle};
use std::time::Duration;

struct Served {
    client: Client,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Served {
    fn start() -> Self {
        let app = tower(router());
        let server = Server::bind("127.0.0.1:0").unwrap();
        let (address, stopper) = (server.address(), server.stopper());
        let thread = Some(thread::spawn(move || server.serve(app)));
        Self { client: Client::new(address), stopper, thread }
    }

    /// Begins a POST in chunks.
    fn begin(&mut self, path: &str) {
        self.client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        ));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stopper.stop();
        let served = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
        }
    }
}

fn router() -> Router {
    Router::new()
        .route("/echo", post(async |body: Body| body))
        .route("/timer", post(timer))
        .route("/spawned", post(spawned))
        .route("/next", post(async |text: String| text))
}

/// Whichever comes first.
async fn timer(body: Body) -> &'static str {
    let mut blocks = body.into_data_stream();
    tokio::select! {
        _ = blocks.next() => "the body",
        () = tokio::time::sleep(Duration::from_millis(50)) => "the timer",
    }
}

/// Answers while somebody else reads.
async fn spawned(body: Body) -> &'static str {
    tokio::spawn(async move {
        let mut blocks = body.into_data_stream();
        while blocks.next().await.is_some() {}
    });
    "answered"
}

#[test]
fn an_echo_is_heard_while_one_speaks() {
    let mut served = Served::start();
    served.begin("/echo");
    for (chunk, end) in
        [("3\r\none\r\n", "one\r\n"), ("3\r\ntwo\r\n", "two\r\n")]
    {
        served.client.send(chunk);
        served.client.until(end);
    }
    served.client.send("0\r\n\r\n");
    served.client.until("0\r\n\r\n");
}

#[test]
fn a_timer_fires_while_the_client_sends_nothing() {
    let mut served = Served::start();
    served.begin("/timer");
    served.client.until("the timer");
}

#[test]
fn an_answer_comes_while_a_task_still_reads() {
    let mut served = Served::start();
    served.begin("/spawned");
    served.client.until("answered");
}

/// While a thread waits for it, nobody else can tell where it ends.
#[test]
fn what_is_left_of_a_body_is_never_the_next_request() {
    let mut served = Served::start();
    served.begin("/timer");
    served.client.until("the timer");
    let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    served.client.send(format!("3\r\none\r\n0\r\n\r\n{next}"));
    let rest = served.client.rest();
    assert!(!rest.contains("HTTP/1.1"), "{rest:?}");
}
