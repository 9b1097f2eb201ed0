use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch12::pages::pages)
}
