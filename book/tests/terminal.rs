//! What is written to a terminal is what it can show.

#![cfg(target_os = "linux")]

mod fixture;

use fixture::{Fixture, PROGRAM, stderr};
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// What a command writes to a terminal of this kind that has sixty
/// columns, until `last` has come.
fn written(
    fixture: &Fixture,
    kind: &str,
    command: &str,
    last: &str,
) -> String {
    let line = format!("stty cols 60 && exec {PROGRAM} {command}");
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(&fixture.root)
        .env("TERM", kind)
        .env("SHELL", "/bin/sh")
        .env_remove("CARGO_TARGET_DIR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let parts = read(child.stdout.take().unwrap());
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut text = String::new();
    while !text.contains(last) {
        let limit = deadline.saturating_duration_since(Instant::now());
        match parts.recv_timeout(limit) {
            Ok(part) => text.push_str(&part),
            Err(_) => break,
        }
    }
    // What it runs ends with its terminal.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(text.contains(last), "no {last:?} in {text:?}");
    text
}

/// Reads in a thread, for what is waited for may not come.
fn read(mut out: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, parts) = mpsc::channel();
    thread::spawn(move || {
        let mut block = [0; 4096];
        while let Ok(length @ 1..) = out.read(&mut block) {
            let part = String::from_utf8_lossy(&block[..length]);
            if sender.send(part.into_owned()).is_err() {
                break;
            }
        }
    });
    parts
}

/// A book with so many figures that run a program.
fn with_figures(count: usize) -> Fixture {
    let rest = "x".repeat(100);
    let figure = |n| format!("```console\n$ echo {n} {rest}\n```\n\n");
    let figures: String = (0..count).map(figure).collect();
    Fixture::new(&format!("# One\n\n{figures}"))
}

#[test]
fn a_terminal_has_one_line_that_fits() {
    let fixture = with_figures(3);
    let text = written(&fixture, "xterm", "build", "The book is in");
    let begin = "\x1b[2Kbuilding: 3/3 running echo 2 xxx";
    assert!(text.contains(begin), "{text:?}");
    for part in text.split(['\r', '\n']) {
        let shown = part.replace("\x1b[2K", "");
        let is_ours = shown.starts_with("building:");
        assert!(!is_ours || shown.len() < 60, "{shown:?}");
    }
}

#[test]
fn a_dumb_terminal_is_not_told_to_move() {
    let fixture = with_figures(3);
    let text = written(&fixture, "dumb", "build", "The book is in");
    assert!(text.contains("building: 1/3"), "{text:?}");
    assert!(!text.contains('\x1b'), "{text:?}");
    let list = "chapters/ch01/exercises/mod.rs";
    fixture.write(list, "exercises! {}\n");
    let watch = "progress --watch";
    let text = written(&fixture, "dumb", watch, "Waiting for you");
    assert!(!text.contains('\x1b'), "{text:?}");
    let text = written(&fixture, "xterm", watch, "Waiting for you");
    assert!(text.contains("\x1b[2J\x1b[H"), "{text:?}");
}

#[test]
fn a_pipe_is_told_of_one_in_ten() {
    let output = with_figures(12).run(&["build"]);
    let told = stderr(&output);
    let lines = told.lines().filter(|l| l.contains("running echo"));
    assert_eq!(lines.count(), 2, "{told}");
}
