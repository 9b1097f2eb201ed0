//! What is logged with the crate `log` goes to the error log, too.

use gateway::{Environ, ErrorLog, Response, Result, StartResponse};
use log::LevelFilter;
use std::process::ExitCode;

fn main() -> Result<ExitCode> {
    ErrorLog::stderr().install_as_logger(LevelFilter::Info)?;
    Ok(gateway::cgi::run(application))
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    log::debug!("{} keys", environ.keys().len());
    log::info!("about to start");
    if environ.get("HTTP_HOST").is_none() {
        log::warn!("no Host; is this a terminal?");
    }
    ch03::show_environ(environ, start_response)
}
