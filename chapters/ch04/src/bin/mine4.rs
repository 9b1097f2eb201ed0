//! A CGI program whose log and whose errors are the exercises'.

#[path = "../../../mine.rs"]
mod mine;

use gateway::{
    Application, Environ, ErrorLog, Response, Result, StartResponse,
};
use mine::{piece, pieces};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

pieces!(chapter4 in "../..":
    "4.1" complain, "4.2" failed_login, "4.3" file_error,
    "4.4" stamped, "4.5" sorry);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter4::PIECES]));
    gateway::cgi::run(logged)
}

/// Has a log with stamps, and a page for errors.
fn logged(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let log = piece!(chapter4::stamped)(Box::new(io::stderr()), clock);
    environ.errors = ErrorLog::new(log);
    let app = piece!(chapter4::sorry)(Box::new(application));
    app.call(environ, start_response)
}

/// The seconds since 1970 began.
fn clock() -> String {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    since.as_secs().to_string()
}

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// A file of the folder that we are in, or a door that stays shut.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path =
        environ.get("PATH_INFO").unwrap_or_default().into_owned();
    let page = match path.split_at(path.len().min(6)) {
        ("/file/", name) => {
            let name = Path::new(name).file_name().unwrap_or_default();
            let text = fs::read(name);
            text.map_err(piece!(chapter4::file_error))?
        }
        ("/login", _) => {
            let name = environ.get("QUERY_STRING").unwrap_or_default();
            let from = environ.get("REMOTE_ADDR").unwrap_or_default();
            let line = piece!(chapter4::failed_login)(&name, &from);
            environ.errors.write_all(line.as_bytes())?;
            b"No.\n".into()
        }
        _ => {
            let complain = piece!(chapter4::complain);
            complain(&mut environ.errors, &path, "is not a page")?;
            b"Ask for /file/NAME or /login?NAME.\n".into()
        }
    };
    Ok(start_response("200 OK", &TEXT)?.body(page))
}
