use std::env;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let query = env::var_os("QUERY_STRING").unwrap_or_default();
    let page = ch01::greeting(&query.to_string_lossy());
    let mut out = io::stdout();
    writeln!(out, "Content-Type: text/html; charset=utf-8")?;
    writeln!(out)?;
    writeln!(out, "{page}")
}
