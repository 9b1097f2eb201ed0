//! The same requests against chapter 8's server, which has no debts.

use crate::client::{PATIENCE, observe_for};
use crate::requests::{REQUESTS, Request};
use crate::{GOOD, applications, rfc};
use gateway::ErrorLog;
use gateway::http::{Limits, Server, Stopper};
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fs, io};

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

/// A row of the book's table: what chapter 5's server does, and what
/// this one does.
fn row(request: &Request, seen: &str) -> Option<String> {
    let debt = request.debt.as_ref()?;
    let shown = |seen: &str| match seen {
        "" => "closed".to_string(),
        "abort" => "the process ends".to_string(),
        seen => seen.replace("...", "…"),
    };
    let (name, section) = (request.name, request.section);
    let (before, now) = (shown(debt.instead), shown(seen));
    Some(format!("| {name} | {section} | {before} | {now} |\n"))
}

const TABLE: &str = "\
| request | RFC 9112 | chapter 5 | chapter 8 |
| --- | --- | --- | --- |
";

fn wrong(request: &Request, seen: &str) -> Option<String> {
    let right = request.right_in_chapter_8();
    (right != seen).then(|| {
        let (name, section) = (request.name, request.section);
        format!("{name}: {seen:?} is not {right:?} ({section})")
    })
}

/// All that is wrong, and the table.
fn observe_all(requests: &[Request]) -> (Vec<String>, String) {
    let server = Serving::start();
    let observe =
        |request| observe_for(server.address, request, PATIENCE);
    let (mut all_wrong, mut table) = (Vec::new(), TABLE.to_string());
    for request in requests {
        let seen = observe(request);
        all_wrong.extend(wrong(request, &seen));
        table.extend(row(request, &seen));
        let after = |wrong| format!("after {}: {wrong}", request.name);
        all_wrong.extend(wrong(&GOOD, &observe(&GOOD)).map(after));
    }
    (all_wrong, table)
}

#[test]
fn each_request_gets_its_right_answer_and_the_book_says_so() {
    let (all_wrong, table) = observe_all(REQUESTS);
    assert!(all_wrong.is_empty(), "\n{}", all_wrong.join("\n"));
    if table != include_str!("side_by_side.md") {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/table.md");
        fs::write(path, table).expect("a file");
        panic!(
            "not the table of the book, side_by_side.md, but {path}"
        );
    }
}

#[test]
fn so_does_each_request_of_the_specifications() {
    let (all_wrong, _) = observe_all(rfc::REQUESTS);
    assert!(all_wrong.is_empty(), "\n{}", all_wrong.join("\n"));
}
