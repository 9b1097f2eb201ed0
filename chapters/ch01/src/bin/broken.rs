use std::io::{self, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "Content-Type: text/html")?;
    writeln!(out, "<html><body>Hello World!</body></html>")
}
