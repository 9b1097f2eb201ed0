use gateway::Application;
use gateway::fastcgi::Server;
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "  \
  --fastcgi PLACE
               serve web servers, at an address, or at a Unix socket
               if PLACE is a path with a slash";

/// Finds out how it was started, and serves the same application.
fn main() -> ExitCode {
    let app = ch07::application();
    if let Ok(server) = Server::inherited() {
        return server.run(app);
    }
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(app);
    }
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match &arguments[..] {
        [flag, place] if flag == "--fastcgi" => {
            listen(app, &place.to_string_lossy())
        }
        _ => gateway::server::run_with(app, arguments, HELP),
    }
}

fn listen(app: impl Application + Sync, place: &str) -> ExitCode {
    let server = match place.contains('/') {
        true => Server::bind_unix(place),
        false => Server::bind(place),
    };
    match server {
        Ok(server) => server.run(app),
        Err(error) => {
            eprintln!("cannot listen at {place}: {error}");
            ExitCode::FAILURE
        }
    }
}
