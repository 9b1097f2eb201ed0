use std::io::{self, Write};

/// Writes a line to a log that is shared with other processes.
///
/// Here `log` has no buffer. Whatever is written to it goes out at
/// once, and between two writes another process may get in a word.
/// Predict how many writes it takes to say that `/x` is `lost`. Then
/// mend it, so that it takes one, however long the line is; and if the
/// log cannot be written, the caller is still to hear of it.
///
/// `complain(log, "/x", "lost")` writes `/x: lost` and a line end.
pub fn complain(
    log: &mut dyn Write,
    path: &str,
    error: &str,
) -> io::Result<()> {
    // exercise 4.1: this is in pieces; remove this line as well.
    writeln!(log, "{path}: {error}")
}
