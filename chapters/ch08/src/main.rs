use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch05::application)
}
