use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let app = ch12::application();
    match env::var_os("GATEWAY_INTERFACE") {
        Some(_) => gateway::cgi::run(app),
        None => gateway::http::run(app),
    }
}
