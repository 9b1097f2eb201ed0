//! Malformed and hostile requests against both servers.

mod applications;
#[path = "../bound/mod.rs"]
mod bound;
mod client;
mod http;
#[macro_use]
#[allow(dead_code)] // the book's tool uses the rest of these
mod requests;
mod rfc;
#[allow(dead_code)]
mod rules;

use bound::bound;
use gateway::ErrorLog;
use gateway::server::{Server, Stopper};
use requests::{REQUESTS, Request, request};
use std::env;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::thread::{self, JoinHandle};

/// A server in this process, stopped with this value.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Serving {
    fn start() -> Self {
        let server = Server::bind("127.0.0.1:0").expect("a port");
        let server = server.errors(ErrorLog::new(io::sink()));
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

/// Is this the debt that the table names, or the right answer?
fn wrong(request: &Request, seen: &str) -> Option<String> {
    let right = request.right_in_chapter_5();
    match &request.debt {
        Some(debt) if debt.instead == seen => None,
        Some(debt) => Some(format!(
            "{}: {seen:?}, not debt {}, {:?}: is it repaid?",
            request.name, debt.defect, debt.instead
        )),
        None if right == seen => None,
        None => Some(format!(
            "{}: {seen:?} is not {right:?} ({})",
            request.name, request.section
        )),
    }
}

const GOOD: Request = request(
    "a good request",
    "",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    &["200 200"],
);

#[test]
fn each_request_gets_its_right_answer_or_a_named_debt() {
    let server = Serving::start();
    let mut all_wrong = Vec::new();
    for request in REQUESTS.iter().filter(|r| !r.is_deadly()) {
        let seen = client::observe(server.address, request);
        all_wrong.extend(wrong(request, &seen));
        let seen = client::observe(server.address, &GOOD);
        let after = || format!("after {}: {seen:?}", request.name);
        all_wrong.extend(wrong(&GOOD, &seen).map(|_| after()));
    }
    assert!(all_wrong.is_empty(), "\n{}", all_wrong.join("\n"));
}

/// The deadly ones get a process of their own.
#[test]
fn a_request_that_ends_the_process_is_a_named_debt() {
    for request in REQUESTS.iter().filter(|r| r.is_deadly()) {
        let mut server = OwnProcess::start();
        let seen = client::observe(server.address, request);
        let seen = if server.has_aborted() { "abort" } else { &seen };
        assert_eq!(wrong(request, seen), None);
    }
}

/// This very program, as a server; it ends with this value.
struct OwnProcess {
    child: Child,
    address: SocketAddr,
}

const ASKED: &str = "SERVE_UNTIL_KILLED";

impl OwnProcess {
    fn start() -> Self {
        let program = env::current_exe().expect("a path");
        let mut command = bound(program);
        command.args(["--exact", "serves_if_asked", "--nocapture"]);
        command.env(ASKED, "yes");
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a process");
        let stdout = child.stdout.take().expect("is piped");
        let lines = BufReader::new(stdout).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.parse().ok());
        Self { child, address: address.expect("an address") }
    }

    /// The client has seen the connection close; only a process that
    /// ends closes it without an answer.
    fn has_aborted(&mut self) -> bool {
        const SIGABRT: i32 = 6;
        let is_over = client::observe(self.address, &GOOD) != "200 200";
        let ended = is_over.then(|| self.child.wait());
        let status = ended.and_then(Result::ok);
        status.is_some_and(|s| s.signal() == Some(SIGABRT))
    }
}

impl Drop for OwnProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serves_if_asked() {
    if env::var_os(ASKED).is_some() {
        let server = Server::bind("127.0.0.1:0").expect("a port");
        println!("\n{}", server.address());
        server.serve(applications::application).expect("serves");
    }
}

#[test]
fn each_table_has_sixty_requests_and_all_have_names_of_their_own() {
    let both = || REQUESTS.iter().chain(rfc::REQUESTS);
    let mut names: Vec<_> = both().map(|r| r.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), both().count());
    assert!(REQUESTS.len() >= 60 && rfc::REQUESTS.len() >= 60);
}

#[test]
fn each_section_is_told_in_a_clause() {
    for request in REQUESTS.iter().chain(rfc::REQUESTS) {
        let Request { name, section, .. } = request;
        assert!(rules::is_known(section), "{name}: {section}");
    }
}

#[test]
fn a_request_has_one_right_answer_for_each_server() {
    for request in REQUESTS.iter().chain(rfc::REQUESTS) {
        let is_one = match (request.right, &request.debt) {
            ([right], Some(debt)) => *right != debt.instead,
            ([_], None) => true,
            ([chapter_5, chapter_8], None) => chapter_5 != chapter_8,
            _ => false,
        };
        assert!(is_one, "{}", request.name);
    }
}
