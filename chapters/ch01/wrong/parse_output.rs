//! The check of exercise 1.7, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "LF or CR LF";

pub const HINT: &str = "Take one line after another off the front: \
    find the next `\\n`, cut there, drop a `\\r` at the end of the \
    line. An empty line ends the header, and what is left is the \
    body.";

/// What is returned: `solutions` and `exercises` have a name for it.
type Parsed = (String, Vec<(String, String)>, Vec<u8>);
type Answer = fn(&[u8]) -> Option<Parsed>;

const FIELDS: &str = "A name, a colon, a value; then an empty line, \
    and the rest is the body.";
const STATUS: &str = "`Status` is addressed to the server: it is taken \
    out of the header fields, in any spelling.";
const WHOLE: &str = "`Status` is the whole name of a field: others that \
    begin with it stay among the header fields.";
const CRLF: &str = "A line may end with CR LF, and then the empty line \
    does, too.";
const COLON: &str = "The first colon parts name and value; a value may \
    have more of them.";
const BODY: &str = "The body is bytes, whatever they are, and begins \
    right behind the first empty line.";
const NO_END: &str = "Without an empty line the header has not ended, \
    and there is nothing to make a response of.";
const NO_COLON: &str = "A line of the header without a colon is no \
    header field.";

/// A status, header fields, and a body, as they are written here.
type Brief<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8]);

fn full((status, headers, body): Brief<'_>) -> Parsed {
    let headers =
        headers.iter().map(|(n, v)| (n.to_string(), v.to_string()));
    (status.to_string(), headers.collect(), body.to_vec())
}

pub fn check(parse_output: Answer) -> Verdict {
    fn case(
        answer: Answer,
        output: &[u8],
        expected: Option<Brief<'_>>,
        hint: &'static str,
    ) -> Verdict {
        let sent =
            format!("parse_output(b\"{}\")", output.escape_ascii());
        expect(sent, || answer(output), expected.map(full), hint)
    }
    let ok = "200 OK";
    case(
        parse_output,
        b"A: b\n\nhi",
        Some((ok, &[("A", "b")], b"hi")),
        FIELDS,
    )?;
    let two: &[_] = &[("A", "b"), ("A", "c")];
    case(
        parse_output,
        b"A:b\nA:  c \n\n",
        Some((ok, two, b"")),
        FIELDS,
    )?;
    let lost = "404 Not Found";
    let output = b"Status: 404 Not Found\nA: b\n\nhi";
    case(
        parse_output,
        output,
        Some((lost, &[("A", "b")], b"hi")),
        STATUS,
    )?;
    let output = b"status: 404 Not Found\n\n";
    case(parse_output, output, Some((lost, &[], b"")), STATUS)?;
    let output = b"Status-Note: c\n\n";
    let note = ("Status-Note", "c");
    case(parse_output, output, Some((ok, &[note], b"")), WHOLE)?;
    let output = b"A: b\r\nStatus: 404 Not Found\r\n\r\nhi";
    case(
        parse_output,
        output,
        Some((lost, &[("A", "b")], b"hi")),
        CRLF,
    )?;
    let output = b"A: b\r\n\nhi";
    case(parse_output, output, Some((ok, &[("A", "b")], b"hi")), CRLF)?;
    let field = ("Location", "http://a.example:80/");
    let output = b"Location: http://a.example:80/\n\n";
    case(parse_output, output, Some((ok, &[field], b"")), COLON)?;
    let output = b"A: b\n\n\r\n \xff\n\nB: c\n\n";
    let body = b"\r\n \xff\n\nB: c\n\n";
    case(parse_output, output, Some((ok, &[("A", "b")], body)), BODY)?;
    case(parse_output, b"\nhi", Some((ok, &[], b"hi")), BODY)?;
    case(parse_output, b"A: b\n", None, NO_END)?;
    case(parse_output, b"", None, NO_END)?;
    case(parse_output, b"A: b\n<html>\n\n", None, NO_COLON)?;
    case(parse_output, b"A: b\n \n\n", None, NO_COLON)
}

/// The fields of a head that ends where `end` is, and the body.
fn parse(
    output: &[u8],
    end: &str,
    part: fn(&str) -> Option<(&str, &str)>,
) -> Option<Parsed> {
    let text = String::from_utf8_lossy(output);
    let (head, body) = text.split_once(end)?;
    let mut status = "200 OK".to_string();
    let mut headers = Vec::new();
    for line in head.lines() {
        let (name, value) = part(line)?;
        match name.eq_ignore_ascii_case("status") {
            true => status = value.trim().into(),
            false => headers.push((name.into(), value.trim().into())),
        }
    }
    Some((status, headers, body.into()))
}

pub const WRONG: [(&str, Answer); 5] = [
    // Two LF looked for, and nothing else.
    (CRLF, |output| parse(output, "\n\n", |l| l.split_once(':'))),
    // Two line ends normalized to one kind, and a colon from the end.
    (COLON, |output| {
        let text = String::from_utf8_lossy(output).replace('\r', "");
        parse(text.as_bytes(), "\n\n", |l| l.rsplit_once(':'))
    }),
    // The same, in the body as well.
    (BODY, |output| {
        let text = String::from_utf8_lossy(output).replace('\r', "");
        parse(text.as_bytes(), "\n\n", |l| l.split_once(':'))
    }),
    // The status left among the header fields.
    (STATUS, |output| {
        let (status, mut headers, body) =
            parse(output, "\n\n", |l| l.split_once(':'))?;
        headers.insert(0, ("Status".into(), status));
        if headers[0].1 == "200 OK" {
            headers.remove(0);
        }
        Some(("200 OK".into(), headers, body))
    }),
    // A line of spaces taken for an empty one.
    (NO_COLON, |output| {
        let mut end = 0;
        let mut lines = output.split_inclusive(|b| *b == b'\n');
        lines.find(|line| {
            end += line.len();
            line.trim_ascii().is_empty()
        })?;
        let (head, body) = output.split_at(end);
        let head = [head.trim_ascii(), b"\n\n"].concat();
        let (status, headers, _) =
            parse(&head, "\n\n", |l| l.split_once(':'))?;
        Some((status, headers, body.to_vec()))
    }),
];
