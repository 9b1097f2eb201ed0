use std::io::{self, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "Status: 404 Not Found")?;
    writeln!(out, "Content-Type: text/plain")?;
    writeln!(out)?;
    writeln!(out, "There is no such page.")
}
