//! The guest book for everybody, without sessions.

use std::process::ExitCode;

fn main() -> ExitCode {
    match ch13::guest_book(ch06::file()) {
        Ok(book) => gateway::http::run(book),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
