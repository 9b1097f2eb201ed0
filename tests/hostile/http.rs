//! The same requests against chapter 8's server, which has no debts.

use crate::client::{PATIENCE, observe_for};
use crate::requests::{REQUESTS, Request};
use crate::{GOOD, applications};
use gateway::ErrorLog;
use gateway::http::{Limits, Server, Stopper};
use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A server in this process, stopped with this value.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// Short, for the clients that send nothing; a test waits for them.
const SHORT: Duration = Duration::from_millis(300);

impl Serving {
    fn start() -> Self {
        let server = Server::bind("127.0.0.1:0").expect("a port");
        let server = server.errors(ErrorLog::new(io::sink()));
        let server = server.limits(Limits {
            idle: SHORT,
            head: SHORT,
            wait: SHORT,
            ..Limits::default()
        });
        let (address, stopper) = (server.address(), server.stopper());
        let serve = move || server.serve(applications::application);
        Self { address, stopper, thread: Some(thread::spawn(serve)) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopper.stop();
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

fn wrong(request: &Request, seen: &str) -> Option<String> {
    let right = request.right;
    (!right.contains(&seen)).then(|| {
        let (name, section) = (request.name, request.section);
        format!("{name}: {seen:?} is none of {right:?} ({section})")
    })
}

fn all_wrong(requests: &[Request]) -> Vec<String> {
    let server = Serving::start();
    let mut all_wrong = Vec::new();
    for request in requests {
        let observe = |request| {
            let seen = observe_for(server.address, request, PATIENCE);
            wrong(request, &seen)
        };
        all_wrong.extend(observe(request));
        let after = |wrong| format!("after {}: {wrong}", request.name);
        all_wrong.extend(observe(&GOOD).map(after));
    }
    all_wrong
}

#[test]
fn each_request_gets_its_right_answer() {
    let all_wrong = all_wrong(REQUESTS);
    assert!(all_wrong.is_empty(), "\n{}", all_wrong.join("\n"));
}
