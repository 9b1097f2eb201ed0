//! What a program does around its server: it says what happens, heeds
//! Ctrl-C, and ends.

use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How much longer than a stop's limit the process lives, in which the
/// requests that were cut come to their end.
const GRACE: Duration = Duration::from_secs(5);

/// Prints a line. That nobody reads it must not end a server, as
/// `println!` would.
pub(crate) fn say(to: &mut dyn Write, line: &str) {
    let _ = writeln!(to, "{line}");
}

/// Calls `stop` at the first Ctrl-C or SIGTERM, which has so long to
/// end all requests. A second one ends the process, and so does an
/// application that has not returned soon after the limit.
pub(crate) fn on_signal(
    limit: Duration,
    stop: impl Fn() + Send + 'static,
) {
    let is_stopping = AtomicBool::new(false);
    let handler = move || {
        if is_stopping.swap(true, Ordering::AcqRel) {
            process::exit(130);
        }
        let line = "Stopping when the requests under way are answered";
        say(&mut io::stderr(), line);
        stop();
        thread::spawn(move || end_after(limit.saturating_add(GRACE)));
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        let line = format!("Ctrl-C will cut requests short: {error}");
        say(&mut io::stderr(), &line);
    }
}

fn end_after(limit: Duration) {
    thread::sleep(limit);
    let line = format!("Some were not, in {limit:?}");
    say(&mut io::stderr(), &line);
    process::exit(1);
}

/// How a program ends: an error is printed.
pub(crate) fn exit_code(served: io::Result<()>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

/// Says why, and ends with this code.
pub(crate) fn fail(code: u8, why: &str) -> ExitCode {
    say(&mut io::stderr(), why);
    ExitCode::from(code)
}
