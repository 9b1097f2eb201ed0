//! What other servers are tested with, sent to ours: tables of bytes,
//! what their tests expect, and what ours does.
//!
//! An answer is written as its status, how its body ends unless that is
//! a Content-Length, and its body, which is left out of an error's.
//! Answers on one connection stand behind each other.

use crate::http::{Answer, send};
use crate::python::environment;
use crate::servers::{Kind, Site};

const TABLES: [(&str, &str); 5] = [
    ("cheroot", include_str!("cases/cheroot.md")),
    ("gunicorn", include_str!("cases/gunicorn.md")),
    ("waitress", include_str!("cases/waitress.md")),
    ("werkzeug", include_str!("cases/werkzeug.md")),
    ("wsgiref", include_str!("cases/wsgiref.md")),
];

struct Case {
    name: String,
    bytes: String,
    theirs: String,
    ours: String,
    why: String,
}

impl Case {
    fn read(line: &str) -> Self {
        let cells = line.trim_matches('|').split('|');
        let cells: Vec<_> =
            cells.map(|cell| cell.trim().to_string()).collect();
        let Ok([name, bytes, theirs, ours, why]) =
            <[String; 5]>::try_from(cells)
        else {
            panic!("not five cells: {line}")
        };
        let bytes = bytes.trim_matches('`').into();
        Self { name, bytes, theirs, ours, why }
    }

    fn all(table: &str) -> impl Iterator<Item = Self> {
        let lines = table.lines().filter(|line| line.starts_with('|'));
        lines.skip(2).map(Self::read)
    }

    /// What ours has to do: `=` is what they expect.
    fn expected(&self) -> &str {
        match &*self.ours {
            "=" => &self.theirs,
            ours => ours,
        }
    }
}

/// The bytes of a case: `\r`, `\n`, `\t` and `\xff` as in Rust, and
/// `\{10*text}` for ten times a text.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let (kind, after) = escape.split_at(1);
        rest = after;
        match kind {
            "r" => bytes.push(b'\r'),
            "n" => bytes.push(b'\n'),
            "t" => bytes.push(b'\t'),
            "x" => {
                let (digits, after) = after.split_at(2);
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = after;
            }
            "{" => {
                let (text, after) = after.split_once('}').unwrap();
                let (count, text) = text.split_once('*').unwrap();
                let count = count.parse().unwrap();
                bytes.extend(self::bytes(text).repeat(count));
                rest = after;
            }
            other => panic!("\\{other} in {text}"),
        }
    }
    bytes.extend(rest.bytes());
    bytes
}

/// The answers, as the tables write them.
fn written(request: &[u8], mut received: &[u8]) -> String {
    let mut answers = Vec::new();
    while !received.is_empty() {
        let answer = Answer::parse(request, received);
        answers.push(one(&answer));
        received = &received[received.len() - answer.rest.len()..];
        if answer.version.is_empty() {
            break;
        }
    }
    match answers.is_empty() {
        true => "no answer".into(),
        false => answers.join(", "),
    }
}

fn one(answer: &Answer) -> String {
    let status = answer.status.split(' ').next().unwrap();
    let mut text = match &*answer.interim {
        "" => String::new(),
        _ => "100, ".into(),
    };
    text += status;
    if status >= "400" {
        return text;
    }
    match &*answer.end {
        "by Content-Length" => {}
        end => text += &format!(" ({end})"),
    }
    let body = &answer.body;
    text += &match body.len() {
        0 => String::new(),
        size @ 200.. => format!(" {size} bytes"),
        _ => format!(" `{}`", body.escape_ascii()),
    };
    text
}

#[test]
fn every_case_of_other_servers_is_as_the_tables_say() {
    let Some(python) = environment() else { return };
    let site = Site::start(Kind::Http, "cases", &python).unwrap();
    let (mut wrong, mut count) = (String::new(), 0);
    for (table, text) in TABLES {
        for case in Case::all(text) {
            let request = bytes(&case.bytes);
            let ours = written(&request, &send(site.address, &request));
            let Case { name, bytes, theirs, why, .. } = &case;
            let is_explained = (case.ours == "=") == why.is_empty();
            if ours != case.expected() || !is_explained {
                wrong += &format!(
                    "{table}: | {name} | `{bytes}` | {theirs} | {ours} \
                     | {why} |\n"
                );
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "otherwise:\n{wrong}");
    assert!(count >= 150, "{count} cases");
}

#[test]
fn bytes_are_as_they_are_written() {
    assert_eq!(
        bytes(r"a\r\n\t\xff\{3*b\n}c"),
        b"a\r\n\t\xffb\nb\nb\nc"
    );
}
