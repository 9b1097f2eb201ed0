//! `environ.url()` and `environ.shift_path()` against Python's
//! `wsgiref.util`, for environs of all kinds.

use crate::required::required;
use gateway::Environ;
use std::io::Write;
use std::process::{Command, Stdio};
use url::Url;

/// Numbers that look like chance, and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// A path of segments that are not empty; wsgiref takes empty ones
    /// and dots out of it.
    fn path(&mut self, end: &[&[u8]]) -> Vec<u8> {
        let mut path = Vec::new();
        for _ in 0..self.below(4) {
            path.push(b'/');
            for _ in 0..=self.below(6) {
                let any = self.below(256) as u8;
                let byte = self.pick(b"ab%+ ;=,?#:@!~-_\xc3\xab");
                path.push(if any == b'/' { byte } else { any });
            }
            path.push(b'x');
        }
        path.extend_from_slice(self.pick(end));
        path
    }

    fn query(&mut self) -> Vec<u8> {
        let length = self.below(12);
        let mut byte = || self.pick(b"abc=&+;%20/?:@!$'()*,~\\^`{|}[]");
        (0..length).map(|_| byte()).collect()
    }
}

/// The scheme, and the variables in the order of `urls.py`.
type Case = (&'static str, [Vec<u8>; 4]);

fn cases() -> Vec<Case> {
    let mut chance = Chance(2006);
    let hosts = ["a", "a.example:8000", "127.0.0.1:80", "[::1]:443"];
    let case = |_| {
        let host = chance.pick(&hosts).as_bytes().to_vec();
        let mut script = chance.path(&[b""]);
        // Python escapes these in SCRIPT_NAME alone, so its URLs change
        // when a path is shifted.
        script.retain(|byte| !b";=,".contains(byte));
        let path = chance.path(&[b"", b"/"]);
        let scheme = chance.pick(&["http", "https"]);
        (scheme, [host, script, path, chance.query()])
    };
    (0..400).map(case).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16);
    (0..text.len()).step_by(2).map(|at| digits(at).unwrap()).collect()
}

/// What wsgiref makes of them, a line for each.
fn theirs(cases: &[Case]) -> String {
    let line = |(scheme, values): &Case| {
        let values: Vec<_> = values.iter().map(|v| hex(v)).collect();
        format!("{scheme},{}\n", values.join(","))
    };
    let lines: String = cases.iter().map(line).collect();
    let script =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/urls.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let feed = std::thread::spawn(move || {
        stdin.write_all(lines.as_bytes()).unwrap();
    });
    let output = python.wait_with_output().unwrap();
    feed.join().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn urls_and_shifted_paths_are_those_of_wsgiref() {
    if !required("python3") {
        return;
    }
    let cases = cases();
    let theirs = theirs(&cases);
    assert_eq!(theirs.lines().count(), cases.len());
    for ((scheme, values), line) in cases.iter().zip(theirs.lines()) {
        let names =
            ["HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"];
        let mut environ = Environ::new();
        environ.url_scheme = scheme;
        for (name, value) in names.iter().zip(values) {
            environ.set(name, value);
        }
        let line: Vec<_> = line.split(',').map(from_hex).collect();
        let [url, name, script, path] = &line[..] else {
            panic!("{line:?}")
        };
        let url = Url::parse(str::from_utf8(url).unwrap()).unwrap();
        let ours = environ.url().unwrap();
        assert_eq!(ours, url, "{values:?}");
        let shifted = environ.shift_path().unwrap_or_default();
        assert_eq!(shifted, String::from_utf8_lossy(name));
        let get = |name| environ.bytes(name).unwrap();
        assert_eq!(get("SCRIPT_NAME"), script, "{values:?}");
        assert_eq!(get("PATH_INFO"), path, "{values:?}");
        assert_eq!(environ.url().unwrap(), url, "{values:?}");
    }
}
