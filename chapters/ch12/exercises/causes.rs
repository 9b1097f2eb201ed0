use std::error::Error;

/// The most lines that an error gets in the log.
pub const LINES: usize = 10;

/// An error and its causes, for the log: a line for each, the error
/// itself first, then its `source()`, and so on.
///
/// Each line ends with a line break, and has no other one in it. What
/// an error says may come from a visitor, and who can break a line can
/// write the next one. So each control character in it, whatever it
/// does, becomes a space.
///
/// No more than `LINES` errors are written. If there are more causes
/// then, one more line has `…`: somebody's error may be its own cause,
/// and there is no end to those.
pub fn causes(error: &dyn Error) -> String {
    todo!("exercise 12.1: why {error}, in {LINES} lines?")
}
