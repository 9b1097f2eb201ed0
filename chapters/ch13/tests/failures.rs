//! The debugger around all: what fails in a framework's page, in an axum
//! handler and in a script.

#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../ch12/tests/failures/page.rs"]
mod page;
#[path = "../../../tests/outside/process.rs"]
mod process;

use axum::Router;
use axum::routing::get as axum_get;
use ch13::framework::{Framework, Page, Request, Route};
use ch13::{Tower, service};
use gateway::cgi::Script;
use gateway::middleware::{debugger, mount};
use gateway::{Application, Result, app};
use page::{HTML, Report, get};
use std::net::SocketAddr;
use std::thread;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const ROUTES: &[Route<()>] = &[Route("GET", "/", "page", page_fails)];

fn page_fails(_: &mut Request<()>) -> Result<Page> {
    let number: usize = "x".parse()?;
    Ok(Page::html(number.to_string()))
}

async fn handler_panics() -> &'static str {
    panic!("a handler panics")
}

fn site() -> impl Application + Send + Sync + 'static {
    let router = Router::new().route("/", axum_get(handler_panics));
    // It prints no head, and nothing else.
    let all = mount()
        .at("/page", Framework::new((), ROUTES, &[]).unwrap())
        .at("/axum", Tower::new(router).unwrap())
        .at("/cgi", Script::new("/bin/true"));
    debugger(app(move |environ, start| all.call(environ, start)))
}

/// These are served until the test's process ends.
fn under_http() -> SocketAddr {
    let server = gateway::http::Server::bind("127.0.0.1:0").unwrap();
    let address = server.address();
    thread::spawn(move || server.serve(site()));
    address
}

fn under_hyper() -> SocketAddr {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback_service(service(site()));
    let made =
        router.into_make_service_with_connect_info::<SocketAddr>();
    thread::spawn(move || {
        runtime.block_on(axum::serve(listener, made).into_future())
    });
    address
}

/// Where this source has a text, as the debugger says it.
fn place(text: &str) -> (String, String) {
    let mut lines = include_str!("failures.rs").lines().enumerate();
    let (at, line) = lines.find(|(_, l)| l.contains(text)).unwrap();
    let at = at + 1;
    // The folder that it runs in is left out, sometimes.
    let file = "tests/failures.rs";
    (format!("{file}:{at}:"), format!("> {at:4}  {line}"))
}

#[test]
fn the_debugger_shows_what_fails_in_every_framework() {
    for address in [under_http(), under_hyper()] {
        let answer = get(address, "/page", HTML);
        assert_eq!(answer.status, "500 Internal Server Error");
        let report = Report::of(&answer);
        let (file, line) = place("let number: usize = \"x\"");
        let (began, marked) = report.began().unwrap();
        assert!(began.contains(&file), "{began}");
        assert_eq!(marked, line);
        let report = Report::of(&get(address, "/axum", HTML));
        let (file, line) = place("    panic!(\"a handler panics\")");
        let (began, marked) = report.began().unwrap();
        assert!(began.contains(&file), "{began}");
        assert_eq!(marked, line);
        let answer = get(address, "/cgi", HTML);
        assert_eq!(answer.status, "502 Bad Gateway");
        let report = Report::of(&answer).0;
        assert!(report.contains("/bin/true"), "{report}");
    }
}
