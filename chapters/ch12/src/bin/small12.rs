use ch12::pages::pages;
use ch12::small::debugger;
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(debugger(pages))
}
