//! The board in the first adapter.

use std::process::ExitCode;

fn main() -> ExitCode {
    match ch13::small::axum(ch13::board()) {
        Ok(board) => gateway::http::run(board),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
