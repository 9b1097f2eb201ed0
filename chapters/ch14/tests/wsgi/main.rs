//! Python's applications, by the rules of PEP 3333: in this process,
//! and by the program.

#![cfg(unix)]
#![allow(dead_code, reason = "some of the shared is not needed")]

mod bodies;
#[path = "../../../../tests/bound/mod.rs"]
mod bound;
mod close;
mod environ;
mod errors;
mod examples;
mod file_wrapper;
mod gateways;
#[path = "../../../../tests/outside/http.rs"]
mod http;
mod input;
mod length;
#[path = "../../../../tests/outside/process.rs"]
mod process;
mod program;
mod raised;
mod reload;
#[path = "../../../../tests/outside/required.rs"]
mod required;
mod site;
mod soak;
mod start_response;
#[path = "../../../../tests/outside/web_servers.rs"]
mod web_servers;
mod write;

use ch14::Wsgi;
use gateway::exchange::{self, Protocol};
use gateway::testing::{self, Answer};
use gateway::{Environ, ErrorLog};
use std::ffi::CString;
use std::io::{self, Write};
use std::sync::mpsc;

/// What all code begins with. A warning of the validator is an error.
const PRELUDE: &str = include_str!("../python/prelude.py");

/// The application of this name in this code.
fn app(code: &str, name: &str) -> Wsgi {
    made(&[PRELUDE, code], name)
}

/// The same inside of Python's own validator, of which each complaint
/// is an error.
fn valid(code: &str, name: &str) -> Wsgi {
    let wrap = format!("\n{name} = validator({name})\n");
    made(&[PRELUDE, code, &wrap], name)
}

fn made(code: &[&str], name: &str) -> Wsgi {
    let code = CString::new(code.concat()).unwrap();
    Wsgi::from_code(&code, name).unwrap()
}

/// What it answers, of which nothing may be in the log.
fn quiet(app: &Wsgi, environ: Environ) -> Answer {
    let answer = testing::ask(app, environ);
    assert_eq!(answer.log, "");
    assert!(!answer.is_cut, "{answer:?}");
    answer
}

/// What an expression is in an application, as Python prints it.
fn value(mut environ: Environ, expression: &str) -> String {
    const CODE: &str = include_str!("../python/value.py");
    environ.set("EXPRESSION", expression);
    quiet(&app(CODE, "value"), environ).text().into_owned()
}

/// A stream of which each write is sent as it is.
struct Channel(mpsc::Sender<String>);

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let _ = self.0.send(text.into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is sent and what is logged, write by write.
fn in_order(app: &Wsgi) -> Vec<String> {
    let (to, writes) = mpsc::channel();
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(Channel(to.clone()));
    let mut out = Channel(to);
    exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
    drop((environ, out));
    writes.iter().collect()
}

/// A POST with this body.
fn post(body: &'static [u8]) -> Environ {
    let mut environ = testing::environ("POST", "/");
    environ.set("CONTENT_LENGTH", body.len().to_string());
    environ.input = Box::new(body);
    environ
}

#[test]
fn two_pieces_of_code_share_nothing() {
    const CODE: &str = "
def application(environ, start_response):
    start_response('200 OK', TEXT)
    return [NAME]
";
    let [first, second] = ["\nNAME = b'first'", "\nNAME = b'second'"]
        .map(|name| made(&[PRELUDE, CODE, name], "application"));
    assert_eq!(testing::get(&second, "/").text(), "second");
    assert_eq!(testing::get(&first, "/").text(), "first");
}
