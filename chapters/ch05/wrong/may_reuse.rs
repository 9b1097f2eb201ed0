//! The check of exercise 5.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "The answer";

pub const HINT: &str = "The chapter's table of framings is half of it, \
    and `RequestHead::lists` shows how to go through a list that \
    may come in several fields. A function that says whether such a \
    list has a word can be used three times.";

type Answer = fn(&str, (u8, u8), u16, &[(&str, &str)]) -> bool;

const END: &str = "A body with neither a length nor chunks ends with \
    its connection, whatever else the head says.";
const NO_BODY: &str = "What has no body needs no length: the answer to \
    HEAD, and the statuses 204 and 304.";
const METHOD: &str = "A method's name is told by its exact letters: \
    `head` is another, and the answer to it has a body.";
const RESET: &str = "A 205 has no body, but a client does not know that: \
    where no length says so, it waits for one.";
const OLD: &str = "A server of HTTP/1.0 closes unless it says that it \
    keeps the connection.";
const CLOSE: &str = "`close` means that this answer is the last.";
const LIST: &str = "`Connection` is a list, parted by commas, with or \
    without space around them.";
const FIELDS: &str = "A list may come in several fields: look at all.";
const CASE: &str = "Names of fields, options of `Connection` and the \
    word `chunked` mean the same in capitals and in small letters.";
const WHOLE: &str = "An option is the whole of what stands between two \
    commas.";

const CODING: &str = "Chunks tell where the body ends only if `chunked` \
    is the last coding of the list.";

const TEXT: (&str, &str) = ("Content-Type", "text/plain");
const LENGTH: (&str, &str) = ("Content-Length", "38");
const CHUNKS: (&str, &str) = ("Transfer-Encoding", "chunked");
const GZIP: (&str, &str) = ("Transfer-Encoding", "gzip");
const KEEP: (&str, &str) = ("Connection", "keep-alive");
const LAST: (&str, &str) = ("Connection", "close");

pub fn check(may_reuse: Answer) -> Verdict {
    type Case<'a> = (&'a str, (u8, u8), u16, &'a [(&'a str, &'a str)]);
    let case = |case: Case<'_>, expected: bool, hint| {
        let (method, version, status, fields) = case;
        let sent = format!(
            "may_reuse({method:?}, {version:?}, {status}, {fields:?})"
        );
        let answer = || may_reuse(method, version, status, fields);
        expect(sent, answer, expected, hint)
    };
    let new = |fields, expected, hint| {
        case(("GET", (1, 1), 200, fields), expected, hint)
    };
    let old = |fields, expected, hint| {
        case(("GET", (1, 0), 200, fields), expected, hint)
    };
    new(&[TEXT, LENGTH], true, END)?;
    new(&[TEXT, CHUNKS], true, END)?;
    new(&[TEXT], false, END)?;
    new(&[KEEP], false, END)?;
    new(&[GZIP], false, END)?;
    new(&[("Transfer-Encoding", "chunked, gzip")], false, CODING)?;
    new(&[("Transfer-Encoding", "gzip, chunked")], true, CODING)?;
    new(&[("Transfer-Encoding", "unchunked")], false, CODING)?;
    new(&[GZIP, CHUNKS], true, CODING)?;
    new(&[CHUNKS, GZIP], false, CODING)?;
    case(("HEAD", (1, 1), 200, &[TEXT]), true, NO_BODY)?;
    case(("GET", (1, 1), 204, &[]), true, NO_BODY)?;
    case(("GET", (1, 1), 304, &[]), true, NO_BODY)?;
    case(("POST", (1, 1), 404, &[]), false, END)?;
    case(("POST", (1, 1), 302, &[TEXT]), false, END)?;
    case(("POST", (1, 1), 205, &[]), false, RESET)?;
    let none = ("Content-Length", "0");
    case(("POST", (1, 1), 205, &[none]), true, RESET)?;
    case(("head", (1, 1), 200, &[TEXT]), false, METHOD)?;
    new(&[LENGTH, LAST], false, CLOSE)?;
    case(("HEAD", (1, 1), 200, &[LAST]), false, CLOSE)?;
    old(&[LENGTH], false, OLD)?;
    old(&[LENGTH, KEEP], true, OLD)?;
    old(&[LENGTH, ("Keep-Alive", "timeout=5")], false, OLD)?;
    case(("HEAD", (1, 0), 200, &[]), false, OLD)?;
    old(&[KEEP], false, END)?;
    new(&[LENGTH, ("Connection", "upgrade, close")], false, LIST)?;
    old(&[LENGTH, ("Connection", "a,keep-alive\t,b")], true, LIST)?;
    new(&[LENGTH, KEEP, LAST], false, FIELDS)?;
    new(&[LENGTH, LAST, KEEP], false, FIELDS)?;
    old(&[LENGTH, ("Connection", "a"), KEEP], true, FIELDS)?;
    old(&[LENGTH, KEEP, LAST], false, CLOSE)?;
    new(&[("content-length", "38")], true, CASE)?;
    new(&[("transfer-encoding", "Chunked")], true, CASE)?;
    new(&[LENGTH, ("connection", "Close")], false, CASE)?;
    old(&[LENGTH, ("CONNECTION", "Keep-Alive")], true, CASE)?;
    new(&[LENGTH, ("Connection", "disclose")], true, WHOLE)
}

/// The value of the first field of this name.
fn first<'a>(fields: &[(&str, &'a str)], name: &str) -> &'a str {
    let mut all = fields.iter();
    let same = |n: &str| n.eq_ignore_ascii_case(name);
    all.find(|(n, _)| same(n)).map_or("", |(_, value)| value)
}

fn last_coding<'a>(fields: &[(&str, &'a str)]) -> Option<&'a str> {
    let is_coding =
        |n: &str| n.eq_ignore_ascii_case("Transfer-Encoding");
    let last = fields.iter().rfind(|(n, _)| is_coding(n));
    last?.1.rsplit(',').next().map(str::trim)
}

fn has_end(method: &str, status: u16, fields: &[(&str, &str)]) -> bool {
    method == "HEAD"
        || matches!(status, 204 | 304)
        || !first(fields, "Content-Length").is_empty()
        || last_coding(fields) == Some("chunked")
}

/// Right, but for what is made of its arguments.
fn reuse(
    method: &str,
    version: (u8, u8),
    status: u16,
    fields: &[(&str, &str)],
) -> bool {
    let has = |word: &str| {
        fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("Connection"))
            .flat_map(|(_, value)| value.split(','))
            .any(|option| option.trim().eq_ignore_ascii_case(word))
    };
    let is_kept = version == (1, 1) || has("keep-alive");
    has_end(method, status, fields) && is_kept && !has("close")
}

pub const WRONG: [(&str, Answer); 8] = [
    // The options alone.
    (END, |_, version, _, fields| {
        let option = first(fields, "Connection");
        option != "close" && (version == (1, 1) || !option.is_empty())
    }),
    // Chunks anywhere in the list.
    (CODING, |method, _, status, fields| {
        let is_chunked =
            |(_, value): &(_, &str)| value.contains("chunked");
        fields.iter().any(is_chunked) || has_end(method, status, fields)
    }),
    // A length or chunks wanted from everybody.
    (NO_BODY, |_, _, _, fields| {
        let option = first(fields, "Connection");
        has_end("", 0, fields) && option != "close"
    }),
    // The new rule for the old version.
    (OLD, |method, _, status, fields| {
        let option = first(fields, "Connection");
        has_end(method, status, fields) && option != "close"
    }),
    // One field, and one option in it.
    (LIST, |method, version, status, fields| {
        let option = first(fields, "Connection").to_lowercase();
        let is_kept = match version {
            (1, 0) => option == "keep-alive",
            _ => option != "close",
        };
        has_end(method, status, fields) && is_kept
    }),
    // A method in any case.
    (METHOD, |method, version, status, fields| {
        reuse(&method.to_uppercase(), version, status, fields)
    }),
    // All that is sent without a body.
    (RESET, |method, version, status, fields| {
        let status = if status == 205 { 204 } else { status };
        reuse(method, version, status, fields)
    }),
    // Redirects, which hardly anybody reads.
    (END, |method, version, status, fields| {
        let status = if status / 100 == 3 { 304 } else { status };
        reuse(method, version, status, fields)
    }),
];
