//! A page that fails in every way there is.

use ch12::failing::failing;
use gateway::middleware::{debugger, request_id, timing};
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let app = debugger(request_id(timing(failing)));
    match env::var_os("GATEWAY_INTERFACE") {
        Some(_) => gateway::cgi::run(app),
        None => gateway::http::run(app),
    }
}
