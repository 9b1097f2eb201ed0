//! CGI from both sides, with real processes.
#![cfg(unix)]

use crate::support::PATIENCE;
use std::sync::mpsc::{self, RecvTimeoutError::Timeout};
use std::{process, thread};

mod life;
mod program;
mod script;

/// Does what may never end, if something is broken; then the tests end.
fn watched<T>(work: impl FnOnce() -> T) -> T {
    let test = thread::current().name().unwrap_or("?").to_string();
    let (done, waits) = mpsc::channel::<()>();
    thread::spawn(move || {
        if waits.recv_timeout(3 * PATIENCE) == Err(Timeout) {
            eprintln!("{test}: the program or its answer never ends");
            process::exit(101);
        }
    });
    let result = work();
    drop(done);
    result
}
