//! The check of exercise 13.4, and answers that it must reject or take.

use crate::exercise::{Bytes, RIGHT, Verdict, expect};

pub const READ: &str = "The other way around";

pub const HINT: &str = "Bytes have no `split_once`, so write it: \
    `windows(at.len()).position(…)` finds the first place, and with \
    `?` after it, a line that is not whole is a `None` of yours. Then \
    it is a loop: a line, a header, a line, until one is empty.";

type Pair<'w> = (&'w [u8], &'w [u8]);

type Head<'w> = (u16, Vec<Pair<'w>>);

type Found<'w> = Option<(Head<'w>, &'w [u8])>;

type Answer = for<'w> fn(&'w [u8]) -> Found<'w>;

const WHOLE: &str = "This is a whole head, and a body.";
const CODE: &str = "The code is the three digits of the first line.";
const STATUS: &str = "The first line is not a header.";
const HEADERS: &str = "Each other line of the head is a header.";
const NONE: &str = "Without headers, the empty line comes after the \
    status.";
const EMPTY: &str = "A head can have come whole, and nothing of the \
    body yet.";
const BODY: &str = "The body begins after the empty line, and is not \
    touched: neither its line breaks nor its spaces.";
const BLANK: &str = "It is the first empty line that ends the head. A \
    body may have more of them.";
const BYTES: &str = "A body is bytes, which need not be UTF-8, and \
    need not be like a head.";
const LATIN: &str = "A value may have bytes beyond ASCII in it: it is \
    Latin-1, not UTF-8.";
const COLON: &str = "A name ends at the first colon. The others belong \
    to the value.";
const NOTHING: &str = "A value may be empty, and the header is there.";
const TWICE: &str = "Two headers of a name are two: Set-Cookie cannot \
    be joined.";
const ORDER: &str = "Headers stay in their order.";
const SPELLED: &str = "Names and values stay as the application has \
    spelled them.";
const LIKE: &str = "This is an application's own header, whatever its \
    name looks like.";
const EARLY: &str = "The empty line has not come yet: more headers \
    may.";
const CRLF: &str = "A line ends with CRLF, both of them. Half of one \
    is not the end.";

const PAGE: &[u8] = b"Status: 200 OK\r\nContent-Type: \
    text/html\r\nContent-Length: 11\r\n\r\n<p>Hello</p>";

/// What is shown of an answer.
type Shown = Option<(u16, Vec<(Bytes, Bytes)>, Bytes)>;

fn shown(found: Found<'_>) -> Shown {
    let bytes = |bytes: &[u8]| Bytes(bytes.to_vec());
    found.map(|((code, headers), body)| {
        let pair = |(name, value)| (bytes(name), bytes(value));
        (code, headers.into_iter().map(pair).collect(), bytes(body))
    })
}

type Case<'c> = (&'c [u8], Found<'c>, &'c str);

fn is<'w>(
    code: u16,
    headers: &[Pair<'w>],
    body: &'w [u8],
) -> Found<'w> {
    Some(((code, headers.to_vec()), body))
}

pub fn check(head: Answer) -> Verdict {
    let (kind, plain) = (&b"Content-Type"[..], &b"text/plain"[..]);
    let text = [(kind, plain)];
    let cases: [Case<'_>; 22] = [
        (
            b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nHello",
            is(200, &text, b"Hello"),
            WHOLE,
        ),
        (
            b"Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\n\
              No tea",
            is(404, &text, b"No tea"),
            CODE,
        ),
        (
            b"Status: 299 \r\na: b\r\n\r\n",
            is(299, &[(b"a", b"b")], b""),
            CODE,
        ),
        (
            PAGE,
            is(
                200,
                &[(kind, b"text/html"), (b"Content-Length", b"11")],
                b"<p>Hello</p>",
            ),
            HEADERS,
        ),
        (b"Status: 204 No Content\r\n\r\n", is(204, &[], b""), NONE),
        (b"Status: 200 OK\r\n\r\na: b", is(200, &[], b"a: b"), NONE),
        (
            b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n",
            is(200, &text, b""),
            EMPTY,
        ),
        (
            b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n\
              \r\n \n",
            is(200, &text, b"\r\n \n"),
            BODY,
        ),
        (
            b"Status: 200 OK\r\na: b\r\n\r\nc: d\r\n\r\ne: f\r\n\r\n",
            is(200, &[(b"a", b"b")], b"c: d\r\n\r\ne: f\r\n\r\n"),
            BLANK,
        ),
        (
            b"Status: 200 OK\r\na: b\r\n\r\n\x89PNG\r\n\x1a\n\xff\0",
            is(200, &[(b"a", b"b")], b"\x89PNG\r\n\x1a\n\xff\0"),
            BYTES,
        ),
        (
            b"Status: 200 OK\r\nX-Name: caf\xe9\r\n\r\n",
            is(200, &[(b"X-Name", b"caf\xe9")], b""),
            LATIN,
        ),
        (
            b"Status: 303 See Other\r\nLocation: http://[::1]:80/a: \
              b\r\n\r\n",
            is(303, &[(b"Location", b"http://[::1]:80/a: b")], b""),
            COLON,
        ),
        (
            b"Status: 200 OK\r\nX-Empty: \r\na: b\r\n\r\n",
            is(200, &[(b"X-Empty", b""), (b"a", b"b")], b""),
            NOTHING,
        ),
        (
            b"Status: 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: \
              b=2\r\n\r\n",
            is(
                200,
                &[(b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")],
                b"",
            ),
            TWICE,
        ),
        (
            b"Status: 200 OK\r\nz: 1\r\na: 2\r\nm: 3\r\n\r\n",
            is(200, &[(b"z", b"1"), (b"a", b"2"), (b"m", b"3")], b""),
            ORDER,
        ),
        (
            b"Status: 200 OK\r\neTaG: W/\"A b\"\r\n\r\n",
            is(200, &[(b"eTaG", b"W/\"A b\"")], b""),
            SPELLED,
        ),
        (
            b"Status: 200 OK\r\nStatus-Text: fine\r\nX-Status: \
              500\r\n\r\n",
            is(
                200,
                &[(b"Status-Text", b"fine"), (b"X-Status", b"500")],
                b"",
            ),
            LIKE,
        ),
        (b"", None, EARLY),
        (b"Status: 200 OK\r\nContent-Ty", None, EARLY),
        (b"Status: 200 OK\r\na: b\r\n", None, EARLY),
        (b"Status: 200 OK\r\na: b\r\n\r", None, CRLF),
        (b"Status: 200 OK\r", None, CRLF),
    ];
    for (written, expected, hint) in cases {
        let sent = format!("b\"{}\"", written.escape_ascii());
        let answer = || shown(head(written));
        let verdict = expect(sent, answer, shown(expected), hint);
        verdict.map_err(|c| c.hint_if("(b\"Status\", ", STATUS))?;
    }
    let end = PAGE.len() - "<p>Hello</p>".len();
    for length in 0..end {
        let written = &PAGE[..length];
        let sent = format!("b\"{}\"", written.escape_ascii());
        expect(sent, || shown(head(written)), None, EARLY)?;
    }
    Ok(())
}

fn cut<'b>(bytes: &'b [u8], at: &[u8]) -> Option<Pair<'b>> {
    let place = bytes.windows(at.len()).position(|w| w == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}

fn right(written: &[u8]) -> Found<'_> {
    let (status, mut rest) = cut(written, b"\r\n")?;
    let mut headers = Vec::new();
    loop {
        let (line, after) = cut(rest, b"\r\n")?;
        if line.is_empty() {
            return Some(((code(status)?, headers), after));
        }
        headers.push(cut(line, b": ")?);
        rest = after;
    }
}

fn code(line: &[u8]) -> Option<u16> {
    str::from_utf8(line.get(8..11)?).ok()?.parse().ok()
}

/// What is right, with its headers made otherwise.
fn with(
    written: &[u8],
    change: impl FnOnce(&mut Vec<Pair<'_>>),
) -> Found<'_> {
    let ((code, mut headers), body) = right(written)?;
    change(&mut headers);
    Some(((code, headers), body))
}

/// Head and body by this end, and lines by this one.
fn ended<'w>(written: &'w [u8], end: &[u8], line: &[u8]) -> Found<'w> {
    let (mut head, body) = cut(written, end)?;
    let mut lines = Vec::new();
    while let Some((first, rest)) = cut(head, line) {
        lines.push(first);
        head = rest;
    }
    lines.push(head);
    let pairs = lines[1..].iter();
    let headers = pairs.filter_map(|pair| cut(pair, b": ")).collect();
    Some(((code(lines[0])?, headers), body))
}

/// As text, as far as it is one.
fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

pub const WRONG: [(&str, Answer); 29] = [
    // None is whole.
    (WHOLE, |_| None),
    // It is always fine.
    (CODE, |written| {
        let ((_, headers), body) = right(written)?;
        Some(((200, headers), body))
    }),
    // A reason is a word.
    (CODE, |written| {
        let found = right(written)?;
        let line = text(cut(written, b"\r\n")?.0)?;
        line.split_whitespace().nth(2)?;
        Some(found)
    }),
    // The last one of the words that is a number.
    (CODE, |written| {
        let ((_, headers), body) = right(written)?;
        let line = text(cut(written, b"\r\n")?.0)?;
        let last = line.rsplit(' ').next()?;
        let code = last.parse().unwrap_or(200);
        Some(((code, headers), body))
    }),
    // A header like others.
    (STATUS, |written| {
        let ((code, mut headers), body) = right(written)?;
        let line = cut(written, b"\r\n")?.0;
        headers.insert(0, cut(line, b": ")?);
        Some(((code, headers), body))
    }),
    // One header.
    (HEADERS, |written| with(written, |headers| headers.truncate(1))),
    // There is one at least.
    (NONE, |written| {
        let (status, rest) = cut(written, b"\r\n")?;
        let (head, body) = cut(rest, b"\r\n\r\n")?;
        let found = right(written)?;
        (!head.is_empty() && found.1 == body).then_some(())?;
        code(status).map(|_| found)
    }),
    // A body comes with it.
    (CODE, |written| {
        right(written).filter(|(_, body)| !body.is_empty())
    }),
    // Or a body, unless there are no headers.
    (EMPTY, |written| {
        let found = right(written)?;
        let ((code, _), body) = &found;
        (!body.is_empty() || *code != 200).then_some(found)
    }),
    // Without spaces.
    (BODY, |written| {
        let (head, body) = right(written)?;
        Some((head, body.trim_ascii()))
    }),
    // Without line breaks in front.
    (BODY, |written| {
        let (head, mut body) = right(written)?;
        while let Some(rest) = body.strip_prefix(b"\r\n") {
            body = rest;
        }
        Some((head, body))
    }),
    // The last empty line.
    (BLANK, |written| {
        let (head, mut body) = right(written)?;
        while let Some((_, rest)) = cut(body, b"\r\n\r\n") {
            body = rest;
        }
        Some((head, body))
    }),
    // Up to the next empty line.
    (BLANK, |written| {
        let (head, body) = right(written)?;
        let end = cut(body, b"\r\n\r\n").map_or(body, |(b, _)| b);
        Some((head, end))
    }),
    // All of it is text.
    (BYTES, |written| right(text(written)?.as_bytes())),
    // The head is text.
    (LATIN, |written| {
        let found = right(written)?;
        let end = written.len() - found.1.len();
        text(&written[..end]).map(|_| found)
    }),
    // Only ASCII.
    (LATIN, |written| {
        with(written, |headers| {
            headers.retain(|(_, value)| value.is_ascii());
        })
    }),
    // Up to the next colon.
    (COLON, |written| {
        with(written, |headers| {
            for (_, value) in headers {
                *value = cut(value, b":").map_or(*value, |(v, _)| v);
            }
        })
    }),
    // The last colon.
    (COLON, |written| {
        with(written, |headers| {
            headers.retain(|(_, value)| cut(value, b": ").is_none());
        })
    }),
    // Lines without a value are not headers.
    (NOTHING, |written| {
        with(written, |headers| {
            headers.retain(|(_, value)| !value.is_empty());
        })
    }),
    // An empty value ends the head.
    (NOTHING, |written| {
        let (_, mut rest) = cut(written, b"\r\n")?;
        let found = right(written)?;
        while let Some((line, after)) = cut(rest, b"\r\n") {
            if line.ends_with(b": ") {
                return None;
            }
            rest = if line.is_empty() { b"" } else { after };
        }
        Some(found)
    }),
    // A map of them.
    (TWICE, |written| {
        with(written, |headers| {
            headers.reverse();
            headers.dedup_by_key(|(name, _)| *name);
            headers.reverse();
        })
    }),
    // In alphabetical order.
    (HEADERS, |written| with(written, |headers| headers.sort())),
    // From behind.
    (ORDER, |written| {
        with(written, |headers| {
            if headers.len() > 2 {
                headers.reverse();
            }
        })
    }),
    // No quotes.
    (SPELLED, |written| {
        with(written, |headers| {
            for (_, value) in headers {
                let rest = value.strip_suffix(b"\"");
                *value = rest.unwrap_or(value);
            }
        })
    }),
    // All of this name.
    (LIKE, |written| {
        with(written, |headers| {
            headers.retain(|(name, _)| !name.starts_with(b"Status"));
        })
    }),
    // What is there is there.
    (EARLY, |written| {
        let found = right(written);
        let none = ((200, Vec::new()), &b""[..]);
        found.or((!written.ends_with(b"\r")).then_some(none))
    }),
    // As soon as there is a CR.
    (CRLF, |written| match written.strip_suffix(b"\r\n\r") {
        Some(head) => {
            let (status, rest) = cut(head, b"\r\n")?;
            let headers = vec![cut(rest, b": ")?];
            Some(((code(status)?, headers), b""))
        }
        None => right(written),
    }),
    // Any empty line, with CR or without.
    (BODY, |written| {
        let found = right(written)?;
        match found.1.starts_with(b"\r\n \n") {
            true => Some((found.0, b" \n")),
            false => Some(found),
        }
    }),
    // The end of the head first.
    (RIGHT, |written| match written.split_at_checked(24) {
        Some((b"Status: 204 No Content\r\n", b"\r\n")) => {
            right(written)
        }
        _ if cut(written, b"\r\n\r\n")?.0.is_empty() => None,
        _ => ended(written, b"\r\n\r\n", b"\r\n"),
    }),
];
