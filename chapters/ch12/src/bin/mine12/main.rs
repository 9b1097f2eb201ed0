//! The reader's own debugger, around a site that fails.

mod debugger;
#[path = "../../../../mine.rs"]
mod mine;
mod site;

use mine::pieces;
use std::process::ExitCode;

pieces!(chapter12 in "../../..":
    "12.1" causes, "12.2" frames, "12.3" is_ours, "12.4" covered,
    "12.5" may_replay);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter12::PIECES]));
    let app = debugger::debugger(site::site);
    gateway::http::run_with(app, mine::arguments(), "")
}
