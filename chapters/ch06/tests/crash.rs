//! Processes that sign the guest book at once, and are ended in the
//! middle of it.

#![cfg(unix)]

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use url::form_urlencoded;

const WRITERS: u64 = 8;
const ENTRIES: u64 = 250;

/// Numbers that look like chance, and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// The message of an entry: long, and its own.
fn message(name: &str) -> String {
    format!("{name} says Grüß Gott! ").repeat(40).trim().to_string()
}

/// Signs in a process of its own, which may be ended at some moment.
/// Was it answered with a redirect?
fn sign(file: &Path, name: &str, ended: Option<Duration>) -> bool {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("name", name);
    form.append_pair("message", &message(name));
    let form = form.finish();
    let mut process = Command::new(env!("CARGO_BIN_EXE_cgi"))
        .env_clear()
        .env("GUEST_BOOK", file)
        .env("REQUEST_METHOD", "POST")
        .env("HTTP_HOST", "localhost")
        .env("PATH_INFO", "/")
        .env("CONTENT_TYPE", "application/x-www-form-urlencoded")
        .env("CONTENT_LENGTH", form.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    // It may be gone already.
    let _ = stdin.write_all(form.as_bytes());
    drop(stdin);
    if let Some(moment) = ended {
        thread::sleep(moment);
        process.kill().unwrap();
    }
    let output = process.wait_with_output().unwrap();
    output.stdout.starts_with(b"Status: 303 See Other\r\n")
}

/// The entries whose redirect was seen, and how many processes were
/// ended before theirs.
fn write(file: &Path, writer: u64) -> (Vec<String>, usize) {
    let mut chance = Chance(writer * 7919 + 1);
    let (mut signed, mut lost) = (Vec::new(), 0);
    for entry in 0..ENTRIES {
        let name = format!("writer {writer}, entry {entry}");
        let is_ended = chance.below(10) == 0;
        let moment = Duration::from_micros(chance.below(8000));
        match sign(file, &name, is_ended.then_some(moment)) {
            true => signed.push(name),
            false => lost += 1,
        }
    }
    (signed, lost)
}

#[test]
fn no_entry_is_lost_and_none_is_torn() {
    let folder = TempDir::new().unwrap();
    let file = &folder.path().join("guest-book.txt");
    let results: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write(file, writer)))
            .collect();
        writers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    let text = std::fs::read(file).unwrap();
    let mut lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
    // What follows the last line end may be half an entry.
    lines.pop();
    let mut kept = HashMap::new();
    for line in lines {
        let fields: HashMap<_, _> =
            form_urlencoded::parse(line).into_owned().collect();
        let name = &fields["name"];
        assert_eq!(fields["message"], message(name));
        *kept.entry(name.clone()).or_insert(0) += 1;
    }
    assert!(kept.values().all(|&times| times == 1));
    let lost: usize = results.iter().map(|(_, lost)| lost).sum();
    assert!(lost > 20, "only {lost} were ended in time");
    for name in results.iter().flat_map(|(signed, _)| signed) {
        assert!(kept.contains_key(name), "{name} is not there");
    }
}
