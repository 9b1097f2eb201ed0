use gateway::fastcgi::Server;
use gateway::middleware::{debugger, recorder};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "  \
  --fastcgi PLACE
               serve web servers, at an address, or at a Unix socket
               if PLACE is a path with a slash
  --tiny-http  serve with chapter 5's server; other flags behind it
Variables:
  GATEWAY_DEBUGGER
               what the addresses of the debugger's pages have in them:
               16 letters and digits or more [default: random; in a
               release build there are no such pages]
  GATEWAY_EDITOR
               what a link to a source is, such as
               vscode://file/{file}:{line}:{column}";

/// Finds out how it was started, and serves the same application.
fn main() -> ExitCode {
    let app = debugger(recorder(ch12::site()));
    if let Ok(server) = Server::inherited() {
        return server.run(app);
    }
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        return gateway::cgi::run(app);
    }
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
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
            Err(error) => {
                eprintln!("cannot listen there: {error}");
                ExitCode::FAILURE
            }
        };
    }
    if arguments.first().is_some_and(|flag| flag == "--tiny-http") {
        arguments.remove(0);
        return gateway::server::run_with(app, arguments, HELP);
    }
    gateway::http::run_with(app, arguments, HELP)
}
