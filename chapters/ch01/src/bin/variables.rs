use std::env;
use std::io::{self, Write};

const NAMES: [&str; 8] = [
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_PROTOCOL",
    "CONTENT_LENGTH",
    "HTTP_HOST",
    "HTTP_ACCEPT_LANGUAGE",
];

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "Content-Type: text/plain; charset=utf-8")?;
    writeln!(out)?;
    for name in NAMES {
        match env::var_os(name) {
            Some(value) => writeln!(out, "{name}={}", value.display())?,
            None => writeln!(out, "{name} is not set")?,
        }
    }
    Ok(())
}
