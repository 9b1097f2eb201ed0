//! What is said of a program that has failed, beside what it answered:
//! text, as the debugger of the library writes it.

use crate::project::Project;
use std::fs;
use std::path::{Component, Path};

/// How many lines are shown before the one that panicked, and after.
const AROUND: usize = 5;

/// Why there is no answer of the program's own, if there is none: its
/// debugger's report, or its last words and where they were said.
pub fn report(
    project: &Project,
    answer: &str,
    log: &str,
) -> Option<String> {
    let (head, body) =
        answer.split_once("\r\n\r\n").unwrap_or_default();
    let line = head.lines().next().unwrap_or_default();
    let (_, status) = line.split_once(' ').unwrap_or_default();
    if status.starts_with("500 ") && body.contains("\nIt began at\n") {
        return Some(body.into());
    }
    let is_servers =
        ["502 ", "504 "].iter().any(|s| status.starts_with(s));
    // The server's word on it, or ours.
    let end = match is_servers {
        true => format!(": {status}: "),
        false => "(The program has ended: ".into(),
    };
    let ended = log.lines().find_map(|line| line.split_once(&end));
    let ended = ended.map(|(_, why)| why.trim_end_matches(".)"));
    panic(project, log).or(ended.map(String::from))
}

/// The first panic in a log: what it says, and its place.
fn panic(project: &Project, log: &str) -> Option<String> {
    let (_, said) = log.split_once("' panicked at ").or_else(|| {
        // With the thread's number behind its name.
        log.split_once(") panicked at ")
    })?;
    let (place, said) = said.split_once(":\n")?;
    let is_its = |line: &&str| !line.starts_with("note: run with");
    let text: Vec<&str> = said.lines().take_while(is_its).collect();
    let source = source(project, place).unwrap_or_default();
    let text = text.join("\n  ");
    Some(format!("{text}\n\nIt panicked at\n  {place}\n{source}"))
}

/// The lines around a place in one of the project's own files.
fn source(project: &Project, place: &str) -> Option<String> {
    let mut parts = place.rsplitn(3, ':').skip(1);
    let line: usize = parts.next()?.parse().ok()?;
    let file = Path::new(parts.next()?);
    let is_below = |part| matches!(part, Component::Normal(_));
    if !file.components().all(is_below) || file.extension()? != "rs" {
        return None;
    }
    let text = fs::read_to_string(project.root.join(file)).ok()?;
    let lines = text.lines().zip(1..);
    let around = lines.skip(line.saturating_sub(AROUND + 1));
    let shown = around.take(2 * AROUND + 1).map(|(text, number)| {
        let mark = if number == line { ">" } else { " " };
        format!("{mark} {number:4}  {text}\n")
    });
    Some(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_of(answer: &str, log: &str) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("main.rs");
        let lines = (1..=20).map(|n| format!("line {n}\n"));
        fs::write(file, lines.collect::<String>()).unwrap();
        report(&Project::at(root.path()), answer, log)
    }

    const BAD_GATEWAY: &str =
        "HTTP/1.1 502 Bad Gateway\r\n\r\n502 Bad Gateway\n";

    #[test]
    fn a_panic_is_shown_with_its_source() {
        for thread in ["'main'", "'main' (17)", "'<unnamed>' (3)"] {
            let log = format!(
                "said before\n\nthread {thread} panicked at \
                 main.rs:8:3:\nit's \"one\":\ntwo\nnote: run with \
                 `RUST_BACKTRACE=1`\nGET /: it ended\n"
            );
            let report = report_of(BAD_GATEWAY, &log).unwrap();
            let start = "it's \"one\":\n  two\n\nIt panicked at\n  \
                         main.rs:8:3\n     3  line 3\n";
            assert!(report.starts_with(start), "{report}");
            assert!(
                report.contains("\n     7  line 7\n>    8  line 8\n")
            );
            assert!(report.ends_with("    13  line 13\n"), "{report}");
        }
    }

    #[test]
    fn only_sources_of_the_project_are_shown() {
        for file in ["/etc/passwd", "../main.rs", "none.rs", "main.r"] {
            let log =
                format!("thread 'a' panicked at {file}:1:1:\nx\n");
            let report = report_of(BAD_GATEWAY, &log).unwrap();
            let whole = format!("x\n\nIt panicked at\n  {file}:1:1\n");
            assert_eq!(report, whole);
        }
    }

    #[test]
    fn what_is_said_of_an_answer() {
        let said = |answer: &str, log| report_of(answer, log);
        let answered = |status: &str, body: &str| {
            format!("HTTP/1.1 {status}\r\nA: b\r\n\r\n{body}")
        };
        assert_eq!(said(&answered("200 OK", "page"), "a line\n"), None);
        let own = "GET /: no\n\nIt began at\n  a.rs:1:1\n";
        let failed = answered("500 Internal Server Error", own);
        assert_eq!(said(&failed, "").unwrap(), own);
        assert_eq!(said(&answered("200 OK", own), ""), None);
        let failed = answered("500 Internal Server Error", "sorry");
        assert_eq!(said(&failed, "GET /: no\n"), None);
        let log = "said\nGET /a: 502 Bad Gateway: no blank line\n";
        assert_eq!(said(BAD_GATEWAY, log).unwrap(), "no blank line");
        let late = answered("504 Gateway Timeout", "");
        let log = "GET /a: 504 Gateway Timeout: it overran\n";
        assert_eq!(said(&late, log).unwrap(), "it overran");
        assert_eq!(said(&answered("200 OK", ""), log), None);
        assert_eq!(said("", ""), None);
        let ended = "(The program has ended: exit status: 7.)\n";
        assert_eq!(said("", ended).unwrap(), "exit status: 7");
    }
}
