//! The application of `tests/same`, as a program for each server.

#[path = "../tests/same/app/mod.rs"]
mod app;

use ch13::Tower;
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let router = app::router(&folder().join("files"));
    let app = Tower::new(router).expect("threads");
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(app);
    }
    match env::args().nth(1).as_deref() {
        Some("fastcgi") => {
            let server = gateway::fastcgi::Server::bind("127.0.0.1:0");
            return server.expect("a free port").run(app);
        }
        Some("tiny_http") => {
            let server = gateway::server::Server::bind("127.0.0.1:0");
            let server = server.expect("a free port");
            println!("Serving at http://{}", server.address());
            server.serve(app).expect("a server");
        }
        _ => {
            let server = gateway::http::Server::bind("127.0.0.1:0");
            let server = server.expect("a free port");
            println!("Serving at http://{}", server.address());
            server.serve(app).expect("a server");
        }
    }
    ExitCode::SUCCESS
}

/// The site's. A CGI program lies in its `cgi-bin`; any other is told.
fn folder() -> PathBuf {
    if let Some(site) = env::var_os("SITE") {
        return site.into();
    }
    let program = env::current_exe().expect("a program has a path");
    program.ancestors().nth(2).expect("a site").into()
}
