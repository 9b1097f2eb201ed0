use gateway::fastcgi::Server;
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "  \
  --fastcgi PLACE
               serve web servers, at an address, or at a Unix socket
               if PLACE is a path with a slash
Variables:
  SESSIONS     where sessions are kept: memory, sqlite:FILE, redis://…
               or a folder [default: sessions]
  GUEST_BOOK   the file with the entries [default: guest-book.txt]";

/// Finds out how it was started, and serves the same application.
fn main() -> ExitCode {
    let app = match ch11::store() {
        Ok(store) => ch11::application(store),
        Err(error) => return failure("cannot keep sessions", error),
    };
    if let Ok(server) = Server::inherited() {
        return server.run(app);
    }
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(app);
    }
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if let [flag, place] = &arguments[..]
        && flag == "--fastcgi"
    {
        let place = place.to_string_lossy();
        let server = match place.contains('/') {
            true => Server::bind_unix(&*place),
            false => Server::bind(&*place),
        };
        return match server {
            Ok(server) => server.run(app),
            Err(error) => failure("cannot listen there", error),
        };
    }
    gateway::http::run_with(app, arguments, HELP)
}

fn failure(what: &str, why: impl std::fmt::Display) -> ExitCode {
    eprintln!("{what}: {why}");
    ExitCode::FAILURE
}
