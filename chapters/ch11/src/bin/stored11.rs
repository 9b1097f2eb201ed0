use gateway::Environ;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    gateway::http::run(ch11::stored::application(think))
}

fn think(environ: &Environ) {
    if environ.bytes("PATH_INFO") == Some(b"/slow") {
        thread::sleep(Duration::from_millis(300));
    }
}
