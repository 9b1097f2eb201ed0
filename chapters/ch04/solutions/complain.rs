use std::io::{self, Write};

/// Writes a line to a log that is shared with other processes.
pub fn complain(
    log: &mut dyn Write,
    path: &str,
    error: &str,
) -> io::Result<()> {
    let line = format!("{path}: {error}\n");
    log.write_all(line.as_bytes())
}
