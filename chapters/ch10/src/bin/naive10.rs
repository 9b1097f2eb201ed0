use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch10::naive::gzip(ch10::pages))
}
