use std::env;
use std::process::ExitCode;

mod mine;

/// The reader's answers.
#[path = "../exercises"]
mod answers {
    pub mod at_most;
    pub mod events;
    pub mod notice;
}

/// The options that this program has a say in.
const OWN: [&str; 3] = ["--mine", "--help", "-h"];
const HELP: &str = "  --mine       use your answers to the exercises";

fn main() -> ExitCode {
    if env::args_os().any(|flag| OWN.iter().any(|own| flag == *own)) {
        return mine();
    }
    gateway::server::run(ch05::application)
}

fn mine() -> ExitCode {
    let rest = env::args_os().skip(1).filter(|flag| flag != "--mine");
    gateway::server::run_with(mine::application, rest, HELP)
}
