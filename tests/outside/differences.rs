//! What differs between two answers, and the table that explains it.
//!
//! The table is printed in the book. A row holds for each request that
//! its first cell names; `…` stands for any text. The order of headers
//! of different names is no difference (RFC 9110, section 5.3).

use crate::http::Answer;
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = include_str!("differences.md");

/// One thing that the servers do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    request: String,
    what: String,
    theirs: Option<String>,
    ours: Option<String>,
}

/// A line of the table.
struct Row {
    requests: Vec<String>,
    what: String,
    theirs: String,
    ours: String,
    decides: String,
}

/// What differs in their answer and ours, each with the server's port.
pub fn differences(
    request: &str,
    [theirs, ours]: [(Answer, u16); 2],
) -> Vec<Difference> {
    let mut theirs = aspects(&theirs.0, theirs.1);
    let mut ours = aspects(&ours.0, ours.1);
    // An answer of another status is another answer altogether.
    if theirs.get("the status") != ours.get("the status") {
        theirs.retain(|what, _| what == "the status");
        ours.retain(|what, _| what == "the status");
    }
    let all: BTreeSet<&String> =
        theirs.keys().chain(ours.keys()).collect();
    let differ = all
        .into_iter()
        .filter(|&what| theirs.get(what) != ours.get(what));
    differ
        .map(|what| Difference {
            request: request.into(),
            what: what.clone(),
            theirs: theirs.get(what).cloned(),
            ours: ours.get(what).cloned(),
        })
        .collect()
}

/// Everything that is compared, by the name that the table has for
/// it: `Connection:` is a header, `PATH_INFO` a key of the environ.
fn aspects(answer: &Answer, port: u16) -> BTreeMap<String, String> {
    let mut aspects = BTreeMap::new();
    let mut add = |what: &str, value: &str| {
        if !value.is_empty() {
            aspects.insert(what.to_string(), value.to_string());
        }
    };
    add("the status", &answer.status);
    add("the version", &answer.version);
    add("before the answer", &without_date(&answer.interim));
    add("the body's end", &answer.end);
    add("after the body", &short(&answer.rest));
    for (name, _) in &answer.fields {
        let value = answer.get(name).unwrap_or_default();
        match &*name.to_ascii_lowercase() {
            "content-length" | "transfer-encoding" => {}
            "date" => add("`Date:`", &date(&value)),
            _ => add(&format!("`{name}:`"), &value),
        }
    }
    let type_ = answer.get("Content-Type");
    if type_.as_deref() != Some("text/x-environ") {
        add("the body", &short(&answer.body));
        return aspects;
    }
    let text = answer.text();
    for line in text.lines() {
        let (key, value) = line.split_once('=').unwrap();
        let value = match key {
            "SERVER_PORT" if value == port.to_string() => "its port",
            "REMOTE_PORT" => "a port",
            _ if value.is_empty() => "(empty)",
            _ => value,
        };
        add(&format!("`{key}`"), value);
    }
    aspects
}

/// The time is not compared, but whether it is one.
fn date(value: &str) -> String {
    match httpdate::parse_http_date(value) {
        Ok(_) => "the time".into(),
        Err(_) => value.into(),
    }
}

fn without_date(head: &str) -> String {
    let lines = head.split("; ").map(|line| {
        let date = line.strip_prefix("Date: ").map(date);
        date.map_or(line.into(), |date| format!("Date: {date}"))
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// Bytes as they may stand in a table.
fn short(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    if text.starts_with("HTTP/") {
        "another answer".into()
    } else if text.len() > 80 {
        format!("{} bytes", bytes.len())
    } else {
        text
    }
}

/// The rows that the table lacks.
pub fn unexplained(differences: &[Difference]) -> String {
    let rows = rows();
    let is_explained =
        |d: &&Difference| rows.iter().any(|row| row.explains(d));
    let missing = differences.iter().filter(|d| !is_explained(d));
    missing.map(Difference::row).collect()
}

/// The rows, and requests of rows, that explain nothing.
pub fn unseen(differences: &[Difference]) -> String {
    let mut unseen = String::new();
    for row in rows() {
        let holds = |request: &str| {
            differences.iter().any(|d| {
                is_like(&d.request, request) && row.tells_of(d)
            })
        };
        for request in row.requests.iter().filter(|r| !holds(r)) {
            let Row { what, theirs, ours, .. } = &row;
            unseen += &format!(
                "| {request} | {what} | {theirs} | {ours} |\n"
            );
        }
    }
    unseen
}

impl Difference {
    /// A row for it, in which the specification is still to be named.
    fn row(&self) -> String {
        let Self { request, what, .. } = self;
        let (theirs, ours) = (cell(&self.theirs), cell(&self.ours));
        format!("| {request} | {what} | {theirs} | {ours} | ? |\n")
    }
}

impl Row {
    fn explains(&self, difference: &Difference) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|r| is_like(&difference.request, r))
            && self.tells_of(difference)
    }

    fn tells_of(&self, difference: &Difference) -> bool {
        self.what == difference.what
            && is_like(&cell(&difference.theirs), &self.theirs)
            && is_like(&cell(&difference.ours), &self.ours)
    }
}

/// A value as a cell of the table shows it.
fn cell(value: &Option<String>) -> String {
    match value {
        Some(value) => format!("`{}`", value.replace('|', "\\|")),
        None => "—".into(),
    }
}

/// Is the text like the pattern, in which `…` stands for any text?
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('…') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(start) else { return false };
    let ends = text.char_indices().map(|(at, _)| at);
    let mut ends = ends.chain([text.len()]);
    ends.any(|at| is_like(&text[at..], rest))
}

/// The rows of the table, without its head.
fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| line.starts_with('|'));
    lines.skip(2).map(row).collect()
}

fn row(line: &str) -> Row {
    // A bar that belongs to a value is written as `\|`.
    let escaped = line.replace("\\|", "\u{0}");
    let cells = escaped.trim_matches('|').split('|');
    let cells: Vec<String> =
        cells.map(|cell| cell.trim().replace('\u{0}', "\\|")).collect();
    let Ok([requests, what, theirs, ours, decides]) =
        <[String; 5]>::try_from(cells)
    else {
        panic!("differences.md: not five cells: {line:?}")
    };
    let requests = requests.split(';').map(str::trim);
    let requests = requests.map(String::from).collect();
    Row { requests, what, theirs, ours, decides }
}

#[test]
fn each_row_names_the_specification_that_decides() {
    for row in rows() {
        let Row { decides, requests, what, .. } = row;
        let names = ["PEP 3333", "RFC ", "httpoxy.org"];
        assert!(
            names.iter().any(|name| decides.contains(name)),
            "{requests:?}, {what}: {decides}"
        );
    }
}

#[test]
fn a_dots_pattern_stands_for_any_text() {
    assert!(is_like("Python/3.11.2", "Python/…"));
    assert!(is_like("a b c", "a…c"));
    assert!(is_like("anything", "…"));
    assert!(is_like("ends", "…ends"));
    assert!(!is_like("ends here", "…ends"));
    assert!(!is_like("a b c", "a…d"));
    assert!(!is_like("text", "texts"));
}
