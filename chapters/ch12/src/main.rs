use ch12::failing::failing;
use gateway::middleware::{debugger, request_id, timing};
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(debugger(request_id(timing(failing))))
}
