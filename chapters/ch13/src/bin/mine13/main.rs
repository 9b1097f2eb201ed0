//! The reader's own adapter, with an axum application under it.

mod adapter;
#[path = "../../../../mine.rs"]
mod mine;
mod old;
mod site;

use gateway::middleware::mount;
use mine::pieces;
use std::process::ExitCode;

pieces!(chapter13 in "../../..":
    "13.1" url_for, "13.2" field, "13.3" split, "13.4" head,
    "13.5" block_on);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter13::PIECES]));
    let axum = adapter::adapter(site::site());
    let app = mount().at("/my axum", axum);
    gateway::http::run_with(app, mine::arguments(), "")
}
