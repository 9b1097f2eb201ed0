//! What differs between two answers, and the table that explains it.
//!
//! A row holds for each server and each request that its first two
//! cells name; `…` stands for any text. The order of headers of
//! different names is no difference (RFC 9110, section 5.3).

use crate::http::Answer;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// One thing that hyper and a server do not agree on.
#[derive(Debug)]
pub struct Difference {
    server: &'static str,
    request: String,
    what: String,
    theirs: String,
    ours: String,
}

/// What differs in the answers of hyper and of a server.
pub fn differences(
    server: &'static str,
    request: &str,
    [theirs, ours]: [Vec<Answer>; 2],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let mut theirs = aspects(theirs);
        let mut ours = aspects(ours);
        // An answer of another status is another altogether.
        if theirs["the status"][..3] != ours["the status"][..3] {
            theirs.retain(|what, _| what == "the status");
            ours.retain(|what, _| what == "the status");
        }
        let all = theirs.keys().chain(ours.keys());
        for what in all.collect::<BTreeSet<_>>() {
            let (theirs, ours) = (theirs.get(what), ours.get(what));
            if theirs != ours {
                found.push(Difference {
                    server,
                    request: request.into(),
                    what: what.clone(),
                    theirs: cell(theirs),
                    ours: cell(ours),
                });
            }
        }
    }
    found
}

/// Everything that is compared, by the name that the table has for it.
fn aspects(answer: &Answer) -> BTreeMap<String, String> {
    let mut aspects = BTreeMap::new();
    let mut add = |what: &str, value: &str| {
        if !value.is_empty() {
            aspects.insert(what.to_string(), value.to_string());
        }
    };
    match answer.interim.split_once(" 101 ") {
        Some(_) => add("the status", "101 Switching Protocols"),
        None => add("the status", &answer.status),
    }
    add("the version", &answer.version);
    add("before the answer", &answer.interim);
    add("the body's end", &answer.end);
    add("after the body", &short(&answer.rest));
    for (name, _) in &answer.fields {
        let name = name.to_ascii_lowercase();
        let value = answer.get(&name).unwrap_or_default();
        match &*name {
            "content-length" | "transfer-encoding" => {}
            "date" => add("`date:`", &date(&value)),
            _ => add(&format!("`{name}:`"), &value),
        }
    }
    let kind = answer.get("Content-Type");
    if kind.as_deref() != Some("text/x-lines") {
        add("the body", &short(&answer.body));
        return aspects;
    }
    for line in answer.text().lines() {
        let (name, value) = line.split_once('=').unwrap();
        let value = if value.is_empty() { "(empty)" } else { value };
        add(&format!("what it sees: `{name}`"), value);
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

/// Bytes as they may stand in a table.
fn short(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    if text.len() <= 80 {
        return text;
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{} bytes, {:x}", bytes.len(), hasher.finish())
}

/// A value as a cell of the table shows it.
fn cell(value: Option<&String>) -> String {
    match value {
        Some(value) => format!("`{}`", value.replace('|', "\\|")),
        None => "—".into(),
    }
}

/// A line of the table.
struct Row {
    servers: Vec<String>,
    requests: Vec<String>,
    what: String,
    theirs: String,
    ours: String,
    why: String,
}

pub struct Table(Vec<Row>);

impl Table {
    pub fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| line.starts_with('|'));
        Self(lines.skip(2).map(Row::read).collect())
    }

    /// The rows that the table lacks.
    pub fn unexplained(&self, found: &[Difference]) -> String {
        let explains = |d: &Difference, row: &Row| {
            any(&row.servers, d.server)
                && any(&row.requests, &d.request)
                && row.tells_of(d)
        };
        let missing = found
            .iter()
            .filter(|d| !self.0.iter().any(|row| explains(d, row)));
        missing.map(Difference::row).collect()
    }

    /// What of the table explains nothing, among these servers.
    pub fn unseen(
        &self,
        found: &[Difference],
        servers: &[&'static str],
    ) -> String {
        let mut unseen = String::new();
        for row in &self.0 {
            let seen = found.iter().filter(|d| row.tells_of(d));
            let seen: Vec<_> = seen.collect();
            for name in &row.servers {
                let is_here = servers.iter().any(|s| is_like(s, name));
                for request in &row.requests {
                    let mut seen = seen.iter();
                    let holds = seen.any(|d| {
                        is_like(d.server, name)
                            && is_like(&d.request, request)
                    });
                    if is_here && !holds {
                        let Row { what, theirs, ours, .. } = row;
                        unseen += &format!(
                            "| {name} | {request} | {what} | {theirs} \
                             | {ours} |\n"
                        );
                    }
                }
            }
        }
        unseen
    }
}

impl Difference {
    /// A row for it, in which the reason is still to be given.
    fn row(&self) -> String {
        let Self { server, request, what, theirs, ours } = self;
        format!(
            "| {server} | {request} | {what} | {theirs} | {ours} | ? |\n"
        )
    }
}

impl Row {
    fn read(line: &str) -> Self {
        // A bar that belongs to a value is written as `\|`.
        let escaped = line.replace("\\|", "\u{0}");
        let cells = escaped.trim_matches('|').split('|');
        let cells: Vec<String> = cells
            .map(|cell| cell.trim().replace('\u{0}', "\\|"))
            .collect();
        let Ok([servers, requests, what, theirs, ours, why]) =
            <[String; 6]>::try_from(cells)
        else {
            panic!("differences.md: not six cells: {line:?}")
        };
        let is_reason = why.len() > 8 && why.ends_with('.');
        assert!(is_reason, "{requests:?}, {what}: {why:?}");
        let list = |text: String| {
            let parts = text.split(';').map(str::trim);
            parts.map(String::from).collect()
        };
        let (servers, requests) = (list(servers), list(requests));
        Self { servers, requests, what, theirs, ours, why }
    }

    fn tells_of(&self, difference: &Difference) -> bool {
        self.what == difference.what
            && is_like(&difference.theirs, &self.theirs)
            && is_like(&difference.ours, &self.ours)
    }
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| is_like(text, pattern))
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
