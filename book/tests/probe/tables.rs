//! The tables of the book: four servers, and what they get wrong.

use crate::{probe, servers};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
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
    fn of(name: &str, server: SocketAddr) -> Self {
        // The machine may have a lot to do.
        let server = server.to_string();
        let probed = probe(&[&server, "--patience", "2"]);
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
        Self { name: name.into(), row, fold }
    }
}

#[test]
fn the_book_prints_what_four_servers_get_wrong() {
    let [five, eight] = ["5", "8"].map(servers::ours);
    let all = [
        Some(("tiny_http, by chapter 5".to_string(), five)),
        Some(("chapter 8".to_string(), eight)),
        servers::wsgiref(),
        servers::nginx(),
    ];
    let parts: Vec<Part> = thread::scope(|scope| {
        let all: Vec<_> = all
            .iter()
            .flatten()
            .map(|(name, running)| {
                scope.spawn(|| Part::of(name, running.address))
            })
            .collect();
        let all = all.into_iter();
        all.map(|one| one.join().expect("no panic")).collect()
    });
    let mut text =
        "| server | right | wrong |\n| --- | --- | --- |\n".to_string();
    text.extend(parts.iter().map(|part| &*part.row));
    text.push('\n');
    text.extend(parts.iter().map(|part| &*part.fold));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let printed =
        fs::read_to_string(root.join(FILE)).unwrap_or_default();
    if printed == text {
        return;
    }
    // Of another version there is nothing in the book.
    let is_known = |part: &&Part| {
        let row = format!("| {} |", part.name);
        let is_known = printed.contains(&row);
        if !is_known {
            let note =
                format!("not compared: {FILE} has no {}\n", part.name);
            let _ = io::stderr().write_all(note.as_bytes());
        }
        is_known
    };
    let known: Vec<&Part> = parts.iter().filter(is_known).collect();
    let is_same = known.len() >= 2
        && known.iter().all(|part| {
            printed.contains(&part.row) && printed.contains(&part.fold)
        });
    if !is_same || known.len() == 4 {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/probed.md");
        fs::write(path, text).expect("a file");
        panic!("not the tables of the book, {FILE}, but {path}");
    }
}
