//! The same, with a process for each request.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::cgi::run(ch06::application())
}
