//! A program that was started by a test that is killed.

use crate::bound::bound;
use crate::process::{LIMIT, Running};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::{env, thread};

#[cfg(target_os = "linux")]
#[test]
fn a_program_ends_with_the_test_that_was_killed() {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["--exact", "--ignored", "--nocapture"]);
    test.arg("killed::starts_a_program_and_waits");
    let mut test = Running::start(test.stdout(Stdio::piped()));
    let mut lines =
        BufReader::new(test.0.stdout.take().unwrap()).lines();
    let mut lines = move || lines.next().transpose().unwrap();
    while lines().expect("it starts") != STARTED {}
    test.0.kill().unwrap();
    // The program has the other end of the pipe, too.
    let (send, end) = mpsc::channel();
    thread::spawn(move || {
        while lines().is_some() {}
        send.send(())
    });
    end.recv_timeout(LIMIT).expect("the program's end");
}

const STARTED: &str = "a program was started";

#[test]
#[ignore = "is started by the test above, which kills it"]
fn starts_a_program_and_waits() {
    // It says so itself: it is bound once it runs.
    let script = format!("echo; echo {STARTED}; exec sleep 1000");
    let mut sh = bound("sh").args(["-c", &script]).spawn().unwrap();
    sh.wait().unwrap();
}
