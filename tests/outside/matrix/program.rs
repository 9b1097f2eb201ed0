//! One program for all servers: it finds out what started it.

#[path = "application.rs"]
mod application;

use application::application;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(application);
    }
    match env::args().nth(1).as_deref() {
        Some("fastcgi") => fastcgi(),
        _ => http(),
    }
}

fn fastcgi() -> ExitCode {
    let server = gateway::fastcgi::Server::bind("127.0.0.1:0");
    server.expect("a free port").run(application)
}

fn http() -> ExitCode {
    let server = gateway::http::Server::bind("127.0.0.1:0");
    let server = server.expect("a free port");
    println!("Serving at http://{}", server.address());
    server.serve(application).expect("a server");
    ExitCode::SUCCESS
}
