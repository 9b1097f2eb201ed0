//! The first attempt: nothing says how often to start a response.

use ch02::{Environ, Headers, process_environ};
use std::io::{self, Write};

type StartResponse<'r> = &'r mut dyn FnMut(&str, Headers);

fn application(
    _environ: &Environ,
    start_response: StartResponse,
) -> Vec<String> {
    let headers = [("Content-Type", "text/html")];
    start_response("200 OK", &headers);
    vec!["<html><body>Hello World!</body></html>".to_string()]
}

fn main() -> io::Result<()> {
    let mut head = String::new();
    let mut start_response = |status: &str, headers: Headers| {
        head += &format!("Status: {status}\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\n");
        }
    };
    let body = application(&process_environ(), &mut start_response);
    print(head, &body)
}

fn print(mut head: String, body: &[String]) -> io::Result<()> {
    if let [block] = body {
        head += &format!("Content-Length: {}\n", block.len());
    }
    let mut out = io::stdout();
    writeln!(out, "{head}")?;
    for block in body {
        out.write_all(block.as_bytes())?;
    }
    out.flush()
}
