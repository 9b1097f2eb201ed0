use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch10::gzip(ch10::pages))
}
