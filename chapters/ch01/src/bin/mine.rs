//! Greets with what the reader has written.

#[path = "../../exercises/percent_decode.rs"]
mod percent_decode;

use percent_decode::percent_decode;
use std::env;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let query = env::var_os("QUERY_STRING").unwrap_or_default();
    let name = percent_decode(&query.to_string_lossy());
    let page = ch01::greeting(&name);
    let mut out = io::stdout();
    writeln!(out, "Content-Type: text/html; charset=utf-8")?;
    writeln!(out)?;
    writeln!(out, "{page}")
}
