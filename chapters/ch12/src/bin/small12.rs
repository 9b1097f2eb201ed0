use ch12::small::{cakes, debugger};
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(debugger(cakes))
}
