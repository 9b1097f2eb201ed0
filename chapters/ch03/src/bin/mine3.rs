//! A CGI program of the exercises' answers.

#[path = "../../../mine.rs"]
mod mine;

use gateway::{
    Application, Environ, Key, Response, Result, StartResponse,
};
use mine::{piece, pieces};
use std::process::ExitCode;

pieces!(chapter3 in "../..":
    "3.1" file_name, "3.2" undisguise, "3.3" visits, "3.4" mount,
    "3.5" limit_input);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter3::PIECES]));
    gateway::cgi::run(counted)
}

/// Where 3.3 leaves its count.
const VISITS: Key<u32> = Key::new("mine.visits");

/// The longest body that is echoed, in bytes.
const LIMIT: usize = 16;

fn counted(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let visits = piece!(chapter3::visits);
    let app = visits(Box::new(application), VISITS);
    app.call(environ, start_response)
}

/// Calls what is mounted where the path leads.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mount = piece!(chapter3::mount);
    if mount(environ, "/values") {
        ch03::show_values(environ, start_response)
    } else if mount(environ, "/echo") {
        piece!(chapter3::limit_input)(environ, LIMIT);
        ch03::echo(environ, start_response)
    } else if mount(environ, "/file") {
        let name = piece!(chapter3::file_name)(environ);
        let name = name.escape_ascii();
        say(format!("The file: {name}\n"), start_response)
    } else if mount(environ, "/python") {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let text = match piece!(chapter3::undisguise)(&path) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => "not in disguise".into(),
        };
        say(format!("Behind {path}: {text}\n"), start_response)
    } else {
        let visit = environ.extension(VISITS);
        let visit = visit.map_or("?".into(), u32::to_string);
        say(format!("Visit {visit}.\n{PLACES}"), start_response)
    }
}

const PLACES: &str = "\
Behind this address are /values, /echo, /file/... and /python/...
";

fn say(
    text: String,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/plain; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(text))
}
