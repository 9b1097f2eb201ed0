//! A report's titles and marks are ours alone, whatever is in it.

use crate::debugger::{TEXT, again, sends};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Application, Failure, app, watch};
use std::fmt;
use std::io::Write;

/// Passes for anything, with each end of a line that there is.
const FORGED: &str = "> 1  forged\nForged\n\nForged …\n> 2  forged\r\n\
    Forged …\r\n> 3  forged\rForged\n\u{2028}Forged\n\u{85}Forged\n\
    On the way, in forged\n  /etc/passwd:1:1\n> ";

struct Odd;

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FORGED)
    }
}

/// Says that wherever it can.
fn forging(reads: bool) -> impl Application {
    debugger(app(move |environ, start_response| {
        if environ.bytes("HTTP_MENDED").is_some() {
            let started = start_response("200 OK", &TEXT)?;
            return Ok(started.body(FORGED));
        }
        writeln!(environ.errors, "{FORGED}")?;
        watch!(Odd);
        if reads {
            let mut body = String::new();
            environ.input.read_to_string(&mut body)?;
        }
        let failure = Failure::new("502 Bad Gateway", FORGED);
        Err(failure.caused_by(FORGED).into())
    }))
}

/// Lines of a report that are not indented, but for the first.
fn outer(report: &str) -> Vec<&str> {
    let lines =
        report.split(['\n', '\r', '\u{2028}', '\u{85}']).skip(1);
    lines.filter(|l| !l.is_empty() && !l.starts_with("  ")).collect()
}

/// Are these titles and marks ours, and each title there once?
#[track_caller]
fn are_ours(titles: &[&str], marks: &[&str]) {
    let mut seen = Vec::new();
    for title in titles {
        assert!(!seen.contains(title), "{title} is there twice");
        seen.push(title);
        let is_ours = matches!(
            *title,
            "Because of"
                | "It began at"
                | "Values"
                | "In the log"
                | "The environ …"
                | "All functions on the way …"
                | "Middleware on the way, the inmost first"
        ) || title.starts_with("The input, ")
            || title.starts_with("On the way, in it::")
            || title.starts_with("On the way, in test::")
            || title.starts_with("On the way, in core::")
            || title.starts_with("On the way, in std::")
            || title.starts_with("On the way, in <");
        assert!(is_ours, "{title}");
    }
    assert!(!marks.is_empty());
    for mark in marks {
        assert!(!mark.contains("forged"), "{mark}");
        let number = mark[2..].trim_start().split_once("  ").unwrap().0;
        assert!(number.parse::<u32>().is_ok(), "{mark}");
    }
}

fn request(accept: &str) -> gateway::Environ {
    let mut request = sends("/", FORGED);
    request.set("HTTP_ACCEPT", accept);
    for name in ["QUERY_STRING", "HTTP_USER_AGENT", "HTTP_REFERER"] {
        request.set(name, FORGED);
    }
    request
}

#[test]
fn none_is_forged_in_the_text() {
    for reads in [true, false] {
        let answer = ask(&forging(reads), request("*/*"));
        let report = answer.text();
        let (marks, titles): (Vec<_>, _) = outer(&report)
            .into_iter()
            .partition(|line| line.starts_with("> "));
        are_ours(&titles, &marks);
    }
}

#[test]
fn none_is_forged_in_the_page() {
    let app = forging(true);
    let page = ask(&app, request("text/html"));
    let (titles, marks) = (titles(&page.text()), marks(&page.text()));
    let get = |lines: &[String]| lines.to_vec();
    let [titles, marks] = [get(&titles), get(&marks)];
    let titles: Vec<_> = titles.iter().map(String::as_str).collect();
    let marks: Vec<_> = marks.iter().map(String::as_str).collect();
    are_ours(&titles, &marks);

    // Beside the last time, only what is new is marked.
    let page = again(&app, &page);
    let text = page.text();
    let (beside, rest) = text.split_once("</div>").unwrap();
    assert!(!beside.contains("<mark>&gt; 1  forged"), "{beside}");
    assert!(!rest.contains("<mark>&gt; 1  forged"));
}

/// What is between these tags, as text.
fn all(page: &str, start: &str, end: &str) -> Vec<String> {
    let pieces = page.split(start).skip(1);
    let pieces = pieces.map(|piece| piece.split(end).next().unwrap());
    pieces.map(crate::debugger::unescaped).collect()
}

fn marks(page: &str) -> Vec<String> {
    all(page, "<mark>", "</mark>")
}

/// Those of the report.
fn titles(page: &str) -> Vec<String> {
    let folded = all(page, "<summary>", "</summary>");
    let folded = folded.into_iter().filter(|title| {
        !title.starts_with("Edit the request")
            && !title.starts_with("Copy as curl")
    });
    let open = all(page, "<h2>", "</h2>");
    open.into_iter().chain(folded.map(|title| title + " …")).collect()
}
