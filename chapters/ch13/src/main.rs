mod under_hyper;

use gateway::fastcgi::Server;
use gateway::middleware::debugger;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "  \
  --fastcgi PLACE
               serve web servers, at an address, or at a Unix socket
               if PLACE is a path with a slash
  --hyper ADDRESS
               serve with hyper, such as at 127.0.0.1:8000
  --tiny-http  serve with chapter 5's server; other flags behind it
Variables:
  SITE         the folder with the script and the files [default: the
               chapter's]
  SESSIONS     where sessions are kept: memory, or a folder [default:
               sessions]
  GUEST_BOOK   the file with the entries [default: guest-book.txt]";

/// Finds out how it was started, and serves the same site.
fn main() -> ExitCode {
    let folder = env::var_os("SITE").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/site").into()
    });
    let site = ch11::store()
        .and_then(|store| ch13::site(folder, ch06::file(), store));
    let app = match site {
        Ok(site) => debugger(site),
        Err(error) => return failure("there is no site", error),
    };
    if let Ok(server) = Server::inherited() {
        return server.run(app);
    }
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(app);
    }
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let flag = arguments.first().and_then(|flag| flag.to_str());
    match (flag.unwrap_or_default(), arguments.get(1)) {
        ("--fastcgi", Some(place)) => {
            let place = place.to_string_lossy();
            let server = match place.contains('/') {
                true => Server::bind_unix(&*place),
                false => Server::bind(&*place),
            };
            match server {
                Ok(server) => server.run(app),
                Err(error) => failure("cannot listen there", error),
            }
        }
        ("--hyper", Some(address)) => {
            match under_hyper::serve(app, &address.to_string_lossy()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failure("cannot serve there", error),
            }
        }
        (flag @ ("--fastcgi" | "--hyper"), None) => {
            failure(flag, "it needs a place to listen at")
        }
        ("--tiny-http", _) => {
            arguments.remove(0);
            gateway::server::run_with(app, arguments, HELP)
        }
        _ => gateway::http::run_with(app, arguments, HELP),
    }
}

fn failure(what: &str, why: impl std::fmt::Display) -> ExitCode {
    eprintln!("{what}: {why}");
    ExitCode::FAILURE
}
