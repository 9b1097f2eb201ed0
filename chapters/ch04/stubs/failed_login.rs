/// The line of the log that says that somebody could not log in.
///
/// Such lines are read by programs, which lock out an address after
/// some of them. The address is the server's word. The name is what a
/// visitor has typed, so it stands in double quotes, and what could
/// end the quotes or the line, or is an order to a terminal, stands
/// there as in a Rust literal: `\"`, `\n`, `\u{1b}`, and `\\` for a
/// backslash. Letters stay letters, in any alphabet.
///
/// `failed_login("André", "192.0.2.1")` is
/// `login failed: "André" from 192.0.2.1` and a line end.
pub fn failed_login(user: &str, address: &str) -> String {
    todo!("exercise 4.2: quote {user:?}, who came from {address}")
}
