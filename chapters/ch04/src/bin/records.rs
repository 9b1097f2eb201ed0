//! What is logged with the crate `log` goes to the error log, too.

use gateway::{Environ, ErrorLog, Response, Result, StartResponse};
use log::{LevelFilter, Log, Metadata, Record};
use std::io::Write;
use std::process::ExitCode;

/// Where the records go: a type of our own, because neither `Log` nor
/// `ErrorLog` is.
struct Logger(ErrorLog);

impl Log for Logger {
    fn enabled(&self, _: &Metadata) -> bool {
        true
    }

    fn log(&self, record: &Record) {
        let (level, target) = (record.level(), record.target());
        let mut errors = self.0.clone();
        // Whoever logs cannot be told that the log has failed.
        let _ = writeln!(errors, "{level} {target}: {}", record.args());
    }

    fn flush(&self) {}
}

fn main() -> Result<ExitCode> {
    log::set_boxed_logger(Box::new(Logger(ErrorLog::stderr())))?;
    log::set_max_level(LevelFilter::Info);
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
