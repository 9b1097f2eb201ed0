use gateway::http::{Limits, Server};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let limits = Limits {
        idle: Duration::from_secs(1),
        stop: Duration::from_secs(2),
        ..Limits::default()
    };
    match Server::bind("127.0.0.1:0") {
        Ok(server) => server.limits(limits).run(ch07::application()),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
