use std::error::Error;
use std::iter::successors;

/// The most lines that an error gets in the log.
pub const LINES: usize = 10;

/// An error and its causes, for the log, a line for each.
pub fn causes(error: &dyn Error) -> String {
    let mut all = successors(Some(error), |&error| error.source());
    let mut text = String::new();
    for error in all.by_ref().take(LINES) {
        text += &error.to_string().replace(char::is_control, " ");
        text.push('\n');
    }
    match all.next() {
        Some(_) => text + "…\n",
        None => text,
    }
}
