//! `environ.url()` and `environ.shift_path()` against Python's
//! `wsgiref.util`, for environs of all kinds.

use crate::required::required;
use crate::shifts::SHIFTS;
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
type Case = (&'static str, [Option<Vec<u8>>; 4]);

const NAMES: [&str; 4] =
    ["HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"];

/// Environs with paths of segments that are left as they are.
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
        let values = [host, script, path, chance.query()];
        (scheme, values.map(Some))
    };
    (0..400).map(case).collect()
}

/// Those of the table, and many more with segments of all kinds.
fn detours() -> Vec<Case> {
    let case = |script: Option<Vec<u8>>, path: Option<Vec<u8>>| {
        ("http", [Some(b"a".to_vec()), script, path, None])
    };
    let mut chance = Chance(3333);
    let segments: [&[u8]; 11] = [
        b"",
        b"",
        b".",
        b".",
        b"...",
        b".a",
        b"a",
        b"a.b",
        b"\0",
        b"\xc3\xab",
        b" ",
    ];
    let mut path = |segments: &[&[u8]], end: &[&[u8]]| {
        let count = chance.below(6);
        let mut path: Vec<u8> = (0..count)
            .flat_map(|_| [&b"/"[..], chance.pick(segments)])
            .collect::<Vec<_>>()
            .concat();
        if !path.is_empty() {
            path.extend_from_slice(chance.pick(end));
        }
        (chance.below(20) > 0).then_some(path)
    };
    // Those of SCRIPT_NAME stay; Python takes its detours out.
    let plain = &segments[4..];
    let mut random =
        || case(path(plain, &[b"", b"/"]), path(&segments, &[b""]));
    let table = SHIFTS.iter().map(|((script, path), _)| {
        case(Some((*script).into()), Some((*path).into()))
    });
    table.chain((0..800).map(|_| random())).collect()
}

fn environ((scheme, values): &Case) -> Environ {
    let mut environ = Environ::new();
    environ.url_scheme = scheme;
    for (name, value) in NAMES.iter().zip(values) {
        if let Some(value) = value {
            environ.set(name, value);
        }
    }
    environ
}

fn hex(bytes: &Option<Vec<u8>>) -> String {
    match bytes {
        None => "-".into(),
        Some(bytes) => {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        }
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16);
    let bytes =
        (0..text.len()).step_by(2).map(|at| digits(at).unwrap());
    (text != "-").then(|| bytes.collect())
}

/// What wsgiref makes of a case: the URL, the name, and the two paths
/// after the shift.
type Theirs = [Option<Vec<u8>>; 4];

fn theirs(cases: &[Case]) -> Vec<Theirs> {
    let line = |(scheme, values): &Case| {
        let values: Vec<_> = values.iter().map(hex).collect();
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
    let output = String::from_utf8(output.stdout).unwrap();
    let theirs: Vec<Theirs> = output
        .lines()
        .map(|line| {
            let fields: Vec<_> =
                line.split(',').map(from_hex).collect();
            fields.try_into().unwrap()
        })
        .collect();
    assert_eq!(theirs.len(), cases.len());
    theirs
}

/// What `shift_path` makes of the environ, in their words.
fn shift(environ: &mut Environ) -> [Option<Vec<u8>>; 3] {
    let name = environ.shift_path().map(String::into_bytes);
    let bytes = |name| environ.bytes(name).map(<[u8]>::to_vec);
    [name, bytes("SCRIPT_NAME"), bytes("PATH_INFO")]
}

/// A name is text, and need not be UTF-8 in Python.
fn shifted([_, name, script, path]: &Theirs) -> [Option<Vec<u8>>; 3] {
    let name = name.as_deref().map(String::from_utf8_lossy);
    let name = name.map(|name| name.into_owned().into_bytes());
    [name, script.clone(), path.clone()]
}

#[test]
fn urls_and_shifted_paths_are_those_of_wsgiref() {
    if !required("python3") {
        return;
    }
    let cases = cases();
    for (case, theirs) in cases.iter().zip(theirs(&cases)) {
        let mut environ = environ(case);
        let url = theirs[0].as_deref().unwrap();
        let url = Url::parse(str::from_utf8(url).unwrap()).unwrap();
        assert_eq!(environ.url().unwrap(), url, "{case:?}");
        let ours = shift(&mut environ);
        assert_eq!(ours, shifted(&theirs), "{case:?}");
        assert_eq!(environ.url().unwrap(), url, "{case:?}");
    }
}

#[test]
fn paths_with_detours_are_shifted_as_by_wsgiref() {
    if !required("python3") {
        return;
    }
    let cases = detours();
    let theirs = theirs(&cases);
    for ((_, expected), theirs) in SHIFTS.iter().zip(&theirs) {
        let (name, script, path) = *expected;
        let expected = [name, Some(script), Some(path)];
        let expected = expected.map(|v| v.map(|v| v.as_bytes().into()));
        assert_eq!(shifted(theirs), expected);
    }
    for (case, theirs) in cases.iter().zip(&theirs) {
        let ours = shift(&mut environ(case));
        assert_eq!(ours, shifted(theirs), "{case:?}");
    }
}
