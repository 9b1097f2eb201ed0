//! The chapter's program, with the exercises' answers in it.

#[path = "../mine.rs"]
mod answers;
#[path = "../../../mine.rs"]
mod mine;

use std::process::ExitCode;

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[answers::PIECES]));
    let app = answers::application;
    gateway::server::run_with(app, mine::arguments(), "")
}
