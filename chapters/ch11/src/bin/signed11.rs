use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch11::signed::hello)
}
