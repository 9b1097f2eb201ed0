//! A CGI program for the tests: PATH_INFO chooses what it does.

use gateway::{Body, Environ, Response, Result, StartResponse};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::{env, iter, mem, process, thread, time};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn main() -> process::ExitCode {
    gateway::cgi::run(application)
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default().to_string();
    match path.as_str() {
        "/error" => return Err("no ink".into()),
        "/panic" => panic!("no paper"),
        _ => {}
    }
    let body: Body = match path.as_str() {
        "/echo" => echo(environ)?.into(),
        "/environ" => shown(environ).into(),
        "/process" => process_environment().into(),
        "/folder" => env::current_dir()?.display().to_string().into(),
        "/steps" => steps(),
        "/cut" => Body::blocks([
            Ok(b"half".as_slice().into()),
            Err("no ink".into()),
        ]),
        "/both" => return both(environ, start_response),
        "/endless" => Body::blocks(iter::repeat_with(|| {
            Ok(vec![b'x'; 8192].into())
        })),
        "/asleep" => Body::blocks(asleep()),
        "/limited" => {
            let input = mem::replace(&mut environ.input, empty());
            environ.input = Box::new(input.take(2));
            echo(environ)?.into()
        }
        "/replaced" => {
            environ.input = Box::new(BufReader::new(io::repeat(0)));
            "Hello\nWorld!".into()
        }
        "/forgotten" => {
            mem::forget(mem::replace(&mut environ.input, empty()));
            "Hello\nWorld!".into()
        }
        #[cfg(target_os = "linux")]
        "/elsewhere" => elsewhere(environ)?.into(),
        #[cfg(unix)]
        "/script" => return script(environ, start_response),
        #[cfg(all(unix, feature = "signal"))]
        "/interrupted" => {
            interrupt_often()?;
            return script(environ, start_response);
        }
        "/log" => {
            writeln!(environ.errors, "one line")?;
            write!(environ.errors, "half a line")?;
            "logged".into()
        }
        _ => "Hello\nWorld!".into(),
    };
    Ok(start_response("200 OK", &TEXT)?.body(body))
}

fn echo(environ: &mut Environ) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    environ.input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn empty() -> Box<dyn BufRead + Send> {
    Box::new(io::empty())
}

/// Leaves the input to a thread, which waits in it when this returns.
#[cfg(target_os = "linux")]
fn elsewhere(environ: &mut Environ) -> Result<Vec<u8>> {
    let mut input = mem::replace(&mut environ.input, empty());
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut bytes = vec![0; 6];
        let read = input.read_exact(&mut bytes).map(|()| bytes);
        let thread = std::fs::read_link("/proc/thread-self");
        let _ = sender.send(read.and_then(|b| Ok((b, thread?))));
        let _ = input.read_to_end(&mut Vec::new());
    });
    let (bytes, thread) = receiver.recv()??;
    let stat = std::path::Path::new("/proc").join(thread).join("stat");
    while !std::fs::read_to_string(&stat)?.contains(") S ") {
        thread::yield_now();
    }
    Ok(bytes)
}

/// Runs the lines in QUERY_STRING, as a web server runs a program.
#[cfg(unix)]
fn script(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let lines = environ.get("QUERY_STRING").unwrap_or_default();
    let lines = lines.into_owned();
    let script = gateway::cgi::Script::new("sh").arg("-c").arg(lines);
    gateway::Application::call(&script, environ, start_response)
}

/// Has this thread's system calls interrupted by signals.
#[cfg(all(unix, feature = "signal"))]
fn interrupt_often() -> Result<()> {
    use rustix::process::{Signal, getpid, kill_process};
    ctrlc::set_handler(|| {})?;
    thread::spawn(|| {
        while kill_process(getpid(), Signal::INT).is_ok() {
            thread::sleep(time::Duration::from_millis(1));
        }
    });
    Ok(())
}

/// What the library makes of the environment.
fn shown(environ: &Environ) -> String {
    let mut text = String::new();
    for (name, value) in environ.variables() {
        text += &format!("{name}={}\n", value.escape_ascii());
    }
    let Environ { url_scheme, multithread, multiprocess, .. } = environ;
    let flags = (multithread, multiprocess, environ.run_once);
    text + &format!("{url_scheme} {flags:?}\n")
}

/// What the process was given, whatever the library makes of it.
fn process_environment() -> String {
    let mut lines: Vec<String> = env::vars_os()
        .map(|(name, value)| {
            let name = name.to_string_lossy().into_owned();
            let value = value.into_encoded_bytes();
            format!("{name}={}\n", value.escape_ascii())
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// Waits for a byte of input before each block but the first.
fn steps() -> Body {
    let mut names = ["one", "two", "three"].into_iter();
    let mut is_first = true;
    Body::blocks(iter::from_fn(move || {
        let name = names.next()?;
        if !is_first {
            let read = io::stdin().read_exact(&mut [0]);
            if let Err(error) = read {
                return Some(Err(error.into()));
            }
        }
        is_first = false;
        Some(Ok(name.as_bytes().into()))
    }))
}

/// Sends input back while it is still coming.
fn both(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &TEXT)?;
    io::copy(&mut environ.input, &mut started)?;
    Ok(started.body(""))
}

/// A block, and no more for a long time.
fn asleep() -> impl Iterator<Item = Result<gateway::Block>> {
    let mut is_first = true;
    iter::from_fn(move || {
        if !is_first {
            thread::sleep(time::Duration::from_secs(300));
        }
        is_first = false;
        Some(Ok(b"first".as_slice().into()))
    })
}
