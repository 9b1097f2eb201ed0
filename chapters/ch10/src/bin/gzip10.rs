use gateway::middleware::gzip;
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(gzip(ch10::pages))
}
