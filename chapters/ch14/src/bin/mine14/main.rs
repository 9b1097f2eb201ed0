//! The reader's own bridge to Python: MODULE:NAME, and the server's
//! options after it.

mod bridge;
mod input;
#[path = "../../../../mine.rs"]
mod mine;
mod start;

use bridge::Bridge;
use ch14::{attached, detached};
use mine::pieces;
use std::process::ExitCode;

pieces!(chapter14 in "../../..":
    "14.1" native, "14.2" application_name, "14.3" start,
    "14.4" first_block, "14.5" input);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter14::PIECES]));
    let mut arguments = mine::arguments();
    let name = arguments.next().unwrap_or_default();
    match Bridge::import(&name.to_string_lossy()) {
        Ok(app) => gateway::http::run_server(arguments, "", |server| {
            server.around_threads(attached, detached).run(app)
        }),
        Err(error) => {
            eprintln!("{}: {error}", name.display());
            ExitCode::FAILURE
        }
    }
}
