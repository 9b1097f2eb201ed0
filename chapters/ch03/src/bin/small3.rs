//! An environ that one can write in an evening, and its gateway.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, Read, Write};

/// What an application is told of a request.
struct Environ {
    variables: BTreeMap<String, String>,
    input: Box<dyn Read>,
    errors: Box<dyn Write>,
    url_scheme: &'static str,
    multithread: bool,
    multiprocess: bool,
    run_once: bool,
}

impl Environ {
    /// That of a CGI program: one process for one request.
    fn of_process() -> Self {
        let text = |t: OsString| t.to_string_lossy().into_owned();
        let variables = env::vars_os().map(|(n, v)| (text(n), text(v)));
        Self {
            variables: variables.collect(),
            input: Box::new(io::stdin()),
            errors: Box::new(io::stderr()),
            url_scheme: "http",
            multithread: false,
            multiprocess: true,
            run_once: true,
        }
    }

    /// A variable; one that is missing is empty.
    fn get(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// The variables whose names begin like one of these, a line each.
    fn lines(&self, starts: &[&str]) -> String {
        let is_wanted =
            |name: &str| starts.iter().any(|s| name.starts_with(s));
        let all = self.variables.iter();
        let wanted = all.filter(|(name, _)| is_wanted(name));
        wanted.map(|(n, v)| format!("{n} = {v}\n")).collect()
    }
}

/// How the variables begin that a request makes.
const SHOWN: [&str; 7] = [
    "CONTENT_",
    "HTTP_",
    "HTTPS",
    "PATH_INFO",
    "QUERY_STRING",
    "REQUEST_METHOD",
    "SCRIPT_NAME",
];

fn main() -> io::Result<()> {
    run(show)
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Headers<'a> = &'a [(&'a str, &'a str)];
type StartResponse = Box<dyn FnOnce(&str, Headers) -> Started>;
type Application = fn(&mut Environ, StartResponse) -> Result<Response>;

/// The head of an answer.
struct Started(String);

/// All of an answer.
struct Response {
    head: String,
    blocks: Box<dyn Iterator<Item = Vec<u8>>>,
}

impl Started {
    fn body<B>(self, blocks: B) -> Response
    where
        B: IntoIterator<Item = Vec<u8>>,
        B::IntoIter: 'static,
    {
        let blocks = Box::new(blocks.into_iter());
        Response { head: self.0, blocks }
    }
}

fn start(status: &str, headers: Headers) -> Started {
    let mut head = format!("Status: {status}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    Started(head)
}

/// Answers the one request that this process was started for.
fn run(application: Application) -> io::Result<()> {
    let mut environ = Environ::of_process();
    match application(&mut environ, Box::new(start)) {
        Ok(response) => send(response),
        Err(error) => writeln!(environ.errors, "{error}"),
    }
}

fn send(response: Response) -> io::Result<()> {
    let mut out = io::stdout();
    write!(out, "{}\r\n", response.head)?;
    for block in response.blocks {
        out.write_all(&block)?;
        out.flush()?;
    }
    Ok(())
}

/// Shows what it was told.
fn show(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut body = String::new();
    environ.input.read_to_string(&mut body)?;
    let headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Location", environ.get("PATH_INFO")),
    ];
    let started = start_response("200 OK", &headers);
    let wsgi = format!(
        "wsgi.multithread = {}\nwsgi.multiprocess = {}\n\
         wsgi.run_once = {}\nwsgi.url_scheme = {}\n\
         wsgi.input = {body}\n",
        environ.multithread,
        environ.multiprocess,
        environ.run_once,
        environ.url_scheme,
    );
    let blocks = [environ.lines(&SHOWN), wsgi];
    Ok(started.body(blocks.map(String::into_bytes)))
}
