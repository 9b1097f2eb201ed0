//! The tables of the book: four servers, and what they get wrong.

use crate::probe;
use crate::servers::{Named, nginx, ours, wsgiref};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::iter;
use std::path::Path;
use std::thread;

const FILE: &str = "tests/hostile/probed.md";

/// What the book says of a server.
struct Part {
    name: String,
    /// Its row in the first table.
    row: String,
    /// What it gets wrong, folded away.
    fold: String,
}

impl Part {
    /// Who says nothing for so many seconds says nothing.
    fn of(one: &One, patience: &str) -> Option<Self> {
        let (name, running) = (one.start)()?;
        let server = running.address.to_string();
        let how = ["--patience", patience, "--at-once", one.at_once];
        let probed = probe(&[&[&*server], &how[..]].concat());
        assert_eq!(
            probed.errors.lines().count(),
            1,
            "{}",
            probed.errors
        );
        let (mut wrong, mut count, mut section) =
            (String::new(), 0, "");
        for line in probed.out.lines() {
            if let Some(rest) = line.strip_prefix("RFC ") {
                section = rest.split_once(':').expect("a clause").0;
            }
            let Some(line) = line.strip_prefix("  ✗ ") else {
                continue;
            };
            let cells =
                line.split("  ").filter(|cell| !cell.is_empty());
            let cells: Vec<&str> = cells.map(str::trim).collect();
            let [request, right, came] = cells[..] else {
                panic!("{line}");
            };
            count += 1;
            let _ = writeln!(
                wrong,
                "| {request} | {section} | {right} | {came} |"
            );
        }
        let summary =
            probed.out.lines().find(|l| l.ends_with("right."));
        let summary = summary.expect("a summary");
        let (right, _) = summary.split_once(" are").expect("a number");
        let ways = probed.out.lines().skip_while(|l| *l != summary);
        let ways = ways.skip(1).filter(|line| line.starts_with(' '));
        let ways: Vec<&str> = ways.map(str::trim).collect();
        let ways = ways.join("; ");
        assert_eq!(count == 0, probed.code == Some(0), "{name}");
        let fold = match count {
            0 => String::new(),
            _ => format!(
                "<details><summary>{name}: the {count} that are wrong\
                 </summary>\n\n| request | RFC | right | came |\n\
                 | --- | --- | --- | --- |\n{wrong}\n</details>\n\n"
            ),
        };
        let row = format!("| {name} | {right} | {ways} |\n");
        Some(Self { name, row, fold })
    }
}

/// A server of the tables, and how many may ask it at once.
struct One {
    start: fn() -> Option<Named>,
    at_once: &'static str,
}

const FOUR: [One; 4] = [
    One {
        start: || Some(("tiny_http, by chapter 5".into(), ours("5"))),
        at_once: "1",
    },
    One {
        start: || Some(("chapter 8".into(), ours("8"))),
        at_once: "8",
    },
    One { start: wsgiref, at_once: "1" },
    One { start: nginx, at_once: "8" },
];

/// A machine with a lot to do may need longer for an answer: who
/// differs from what is printed is asked once more, patiently.
fn asked(one: &One, printed: &str) -> Option<Part> {
    let part = Part::of(one, "2")?;
    if printed.contains(&part.row) && printed.contains(&part.fold) {
        return Some(part);
    }
    Part::of(one, "3")
}

fn text(parts: &[Part]) -> String {
    let mut text =
        "| server | right | wrong |\n| --- | --- | --- |\n".to_string();
    text.extend(parts.iter().map(|part| &*part.row));
    text.push('\n');
    text.extend(parts.iter().map(|part| &*part.fold));
    text
}

/// The lines that the book does not print.
fn differing(printed: &str, parts: &[Part]) -> Vec<String> {
    // Of another version there is nothing in the book.
    let is_known = |part: &&Part| {
        let is_known = printed.contains(&format!("| {} |", part.name));
        if !is_known {
            let name = &part.name;
            let note = format!("not compared: {FILE} has no {name}\n");
            let _ = io::stderr().write_all(note.as_bytes());
        }
        is_known
    };
    let known: Vec<&Part> = parts.iter().filter(is_known).collect();
    assert!(known.len() >= 2, "{FILE} has too few of the servers");
    let lines = known.iter().flat_map(|part| {
        let is_same = printed.contains(&part.fold);
        let fold = part.fold.lines().filter(move |_| !is_same);
        iter::once(part.row.trim_end()).chain(fold)
    });
    lines
        .filter(|line| !printed.lines().any(|one| one == *line))
        .map(str::to_string)
        .collect()
}

#[test]
fn the_book_prints_what_four_servers_get_wrong() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let printed =
        fs::read_to_string(root.join(FILE)).unwrap_or_default();
    let parts: Vec<Part> = thread::scope(|scope| {
        let printed = &printed;
        let ask = |one| scope.spawn(move || asked(one, printed));
        let all: Vec<_> = FOUR.iter().map(ask).collect();
        let all = all.into_iter();
        all.filter_map(|one| one.join().expect("no panic")).collect()
    });
    let lines = differing(&printed, &parts);
    if !lines.is_empty() {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/probed.md");
        fs::write(path, text(&parts)).expect("a file");
        let lines = lines.join("\n");
        panic!("{FILE} is not {path}, which has\n{lines}");
    }
}
