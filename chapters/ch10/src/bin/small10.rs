use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(ch10::small::application())
}
