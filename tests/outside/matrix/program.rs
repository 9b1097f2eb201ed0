//! One program for all servers: it finds out what started it.

#[path = "application.rs"]
mod application;
#[path = "../../it/middleware/site.rs"]
mod site;

use gateway::middleware::{conditional, files, gzip, validate};
use gateway::{Application, Environ, Response, Result, StartResponse};
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(application);
    }
    match env::args().nth(1).as_deref() {
        Some("fastcgi") => fastcgi(),
        Some("tiny_http") => tiny_http(),
        _ => http(),
    }
}

/// Below two paths, a site under middleware, and below a third files.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.strip_prefix("/cgi-bin/app").unwrap_or(&path);
    if let Some(path) = path.strip_prefix("/gzip-outside") {
        let path = path.to_string();
        environ.set("PATH_INFO", path);
        gzip(conditional(site::site)).call(environ, start_response)
    } else if let Some(path) = path.strip_prefix("/gzip-inside") {
        let path = path.to_string();
        environ.set("PATH_INFO", path);
        conditional(gzip(site::site)).call(environ, start_response)
    } else if path == "/files" || path.starts_with("/files/") {
        // A server that does not know where it is leaves it in here.
        while environ.shift_path().is_some_and(|name| name != "files") {
        }
        let files = files(folder()?.join("files"));
        match environ.get("HTTP_X_VALIDATED") {
            Some(_) => validate(files).call(environ, start_response),
            None => files.call(environ, start_response),
        }
    } else {
        application::application(environ, start_response)
    }
}

/// The site's. A CGI program lies in its `cgi-bin`; any other is told.
fn folder() -> Result<PathBuf> {
    if let Some(site) = env::var_os("SITE") {
        return Ok(site.into());
    }
    let program = env::current_exe()?;
    let site = program.ancestors().nth(2);
    Ok(site.ok_or("no site")?.to_path_buf())
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

fn tiny_http() -> ExitCode {
    let server = gateway::server::Server::bind("127.0.0.1:0");
    let server = server.expect("a free port");
    println!("Serving at http://{}", server.address());
    server.serve(application).expect("a server");
    ExitCode::SUCCESS
}
