mod reload;

use ch14::{Wsgi, attached, detached};
use gateway::Application;
use gateway::fastcgi::Server;
use gateway::http::run_server;
use gateway::middleware::debugger;
use lexopt::prelude::*;
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "  \
  --fastcgi PLACE
               serve web servers, at an address, or at a Unix socket
               if PLACE is a path with a slash
  --reload     start anew when a Python file in this folder, or below
               it, is saved
  MODULE:NAME  the application, such as hello:application, or
               hello:create_app() [default: the variable
               WSGI_APPLICATION]";

/// What the command line says.
#[derive(Default)]
struct Options {
    application: Option<OsString>,
    place: Option<OsString>,
    reload: bool,
    /// Is help all that is wanted?
    help: bool,
    /// What the server of chapter 8 is told.
    others: Vec<OsString>,
}

impl Options {
    fn read() -> Result<Self, lexopt::Error> {
        let application = env::var_os("WSGI_APPLICATION");
        let mut options = Self { application, ..Self::default() };
        let (mut flags, mut is_named) =
            (lexopt::Parser::from_env(), false);
        while let Some(flag) = flags.next()? {
            let name = match flag {
                Value(name) if !is_named => {
                    (options.application, is_named) =
                        (Some(name), true);
                    continue;
                }
                Short('h') => "help".into(),
                Long(name) => name.to_string(),
                other => return Err(other.unexpected()),
            };
            match &*name {
                "reload" => options.reload = true,
                "help" => options.help = true,
                "fastcgi" => options.place = Some(flags.value()?),
                "port" | "host" | "threads" => {
                    options.others.push(format!("--{name}").into());
                    options.others.extend(flags.value());
                }
                _ => return Err(Long(&name).unexpected()),
            }
        }
        Ok(options)
    }
}

/// Finds out how it was started, and serves the same application.
fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => return failure("cannot start", error),
    };
    if options.help {
        let help = ["--help".into()];
        return run_server(help, HELP, |_| ExitCode::SUCCESS);
    }
    let Some(name) = &options.application else {
        return failure(
            "no application",
            "name one, such as hello:application; --help lists the \
             options",
        );
    };
    if !has_locale() {
        // Or all text is ASCII: `python3` takes it, too (PEP 538).
        reload::start_anew(&[("LC_CTYPE", "C.UTF-8")]);
    }
    let is_cgi = env::var_os("GATEWAY_INTERFACE").is_some();
    if is_cgi {
        // The answer has the standard output for itself.
        ch14::print_to_stderr();
    }
    ch14::let_children_end();
    // What is saved while they are imported is new, too.
    let files = options.reload.then(reload::files);
    let app = match Wsgi::import(&name.to_string_lossy()) {
        Ok(app) => debugger(app),
        Err(error) => {
            let text = error.to_string();
            eprintln!("{}: {text}", name.to_string_lossy());
            if text.contains("ModuleNotFoundError") {
                let version = ch14::version();
                eprintln!(
                    "(This is Python {version}: a virtual environment \
                     has to be of the same version.)"
                );
            }
            ch14::at_exit();
            if let Some(files) = files {
                reload::when_saved(files);
            }
            return ExitCode::FAILURE;
        }
    };
    if let Some(files) = files {
        reload::watch(files);
    }
    let code = match (&options.place, Server::inherited()) {
        (Some(place), _) => serve(app, &place.to_string_lossy()),
        (None, Ok(server)) => {
            server.around_threads(attached, detached).run(app)
        }
        (None, Err(_)) if is_cgi => gateway::cgi::run(app),
        _ => run_server(options.others, HELP, |server| {
            server.around_threads(attached, detached).run(app)
        }),
    };
    ch14::at_exit();
    reload::if_saved();
    code
}

/// Containers, and programs that are run by CGI, have none.
fn has_locale() -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(env::var_os)
        .any(|locale| !locale.is_empty())
}

/// Serves web servers.
fn serve(app: impl Application + Sync, place: &str) -> ExitCode {
    let server = match place.contains('/') {
        true => Server::bind_unix(place),
        false => Server::bind(place),
    };
    match server {
        Ok(server) => {
            server.around_threads(attached, detached).run(app)
        }
        Err(error) => failure(place, error),
    }
}

fn failure(what: &str, why: impl std::fmt::Display) -> ExitCode {
    eprintln!("{what}: {why}");
    ExitCode::FAILURE
}
