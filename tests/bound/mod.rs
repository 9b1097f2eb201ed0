//! Programs that end with the test that has started them.
#![allow(dead_code)] // not every test needs both

use std::ffi::OsStr;
use std::process::Command;

/// A program that is killed when the thread ends that has started it,
/// whatever has ended that: a test that is killed can end nothing any
/// more.
///
/// Only Linux does that for us. `setpriv`, which is where `mount` is, asks
/// for it, and becomes the program. A test that is killed in the moment
/// before it has asked leaves the program behind.
pub fn bound(program: impl AsRef<OsStr>) -> Command {
    with_signal("KILL", program)
}

/// The same with SIGTERM, for one that has processes of its own to end.
pub fn bound_gently(program: impl AsRef<OsStr>) -> Command {
    with_signal("TERM", program)
}

fn with_signal(name: &str, program: impl AsRef<OsStr>) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", name]).arg(program);
    command
}
