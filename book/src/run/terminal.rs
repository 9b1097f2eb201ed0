//! What a terminal can do.

use std::env;
use std::io::{IsTerminal, Stderr};

/// How wide a line is taken to be where nobody knows.
const WIDTH: usize = 80;

/// Whether this is a terminal that can be told to move about: one that
/// is called dumb only prints.
pub fn obeys(stream: &impl IsTerminal) -> bool {
    let is_able = match env::var("TERM") {
        Ok(name) => !matches!(&*name, "" | "dumb"),
        Err(_) => cfg!(windows),
    };
    is_able && stream.is_terminal()
}

/// How many characters a line has.
#[cfg(unix)]
pub fn width(stream: &Stderr) -> usize {
    let size = rustix::termios::tcgetwinsize(stream);
    let columns = size.map_or(0, |size| size.ws_col.into());
    if columns > 0 { columns } else { WIDTH }
}

#[cfg(not(unix))]
pub fn width(_stream: &Stderr) -> usize {
    WIDTH
}
