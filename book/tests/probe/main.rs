//! `probe`: how it ends, what it says of four servers, and whether it
//! finds what is wrong.

#[path = "../../../tests/hostile/applications.rs"]
mod applications;
#[path = "../../../tests/bound/mod.rs"]
mod bound;
mod ends;
mod faults;
mod servers;
mod tables;

use std::process::{Command, Output};

/// What came of a run.
struct Probed {
    code: Option<i32>,
    out: String,
    errors: String,
}

fn probe(arguments: &[&str]) -> Probed {
    let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
    let command = command.arg("probe").args(arguments);
    let Output { status, stdout, stderr } =
        command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let (out, errors) = (text(stdout), text(stderr));
    Probed { code: status.code(), out, errors }
}
