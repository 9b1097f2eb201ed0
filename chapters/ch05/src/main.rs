use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::server::run(ch05::application)
}
