//! The check of exercise 8.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Which of two lengths";

pub const HINT: &str = "Collect the values of each of the two names \
    first, in two vectors. Then it is one `match` of two slices: none \
    and none, none and one, one and none; everything else is refused.";

type Answer = fn(&[(&str, &str)], bool) -> Framing;
/// Fields, whether it is HTTP/1.0, what is right, and the hint.
type Case = (
    &'static [(&'static str, &'static str)],
    bool,
    Framing,
    &'static str,
);
type Framing = Result<Option<u64>, &'static str>;

const NONE: &str = "Without either there is no body.";
const LENGTH: &str = "One length in digits is the body's.";
const NAMES: &str = "Names of fields have no case.";
const DIGITS: &str = "A length is made of digits, at least one, and of \
    nothing else.";
const HUGE: &str = "A length that no `u64` holds is none that two \
    programs read alike: a `400`, and not a `413`.";
const CODINGS: &str = "Two fields that tell of codings are one too many: \
    they are refused before anybody asks which codings these are.";
const TWICE: &str = "Two lengths are one too many, even if they agree: \
    a proxy may have believed either.";
const BOTH: &str = "A length and a coding contradict each other. \
    RFC 9112 lets a server believe the coding; the one in front may \
    have believed the length.";
const CHUNKED: &str = "`chunked`, in any case, means that a last chunk \
    ends the body.";
const CODING: &str = "A coding that is not understood cannot be undone, \
    and `chunked` must be all of the value here.";
const OLD: &str = "HTTP/1.0 has no `Transfer-Encoding`.";

const BAD: Framing = Err("400 Bad Request");
const UNKNOWN: Framing = Err("501 Not Implemented");

pub fn check(body_length: Answer) -> Verdict {
    const CL: &str = "Content-Length";
    const TE: &str = "Transfer-Encoding";
    const MANY: &str = "99999999999999999999";
    let cases: &[Case] = &[
        (&[], false, Ok(Some(0)), NONE),
        (&[("X-Content-Length", "9")], false, Ok(Some(0)), NONE),
        (&[(CL, "5")], false, Ok(Some(5)), LENGTH),
        (&[("Host", "a"), (CL, "0")], true, Ok(Some(0)), LENGTH),
        (&[(CL, "005")], false, Ok(Some(5)), LENGTH),
        (&[("content-LENGTH", "5")], false, Ok(Some(5)), NAMES),
        (&[("transfer-encoding", "chunked")], false, Ok(None), NAMES),
        (&[(CL, "")], false, BAD, DIGITS),
        (&[(CL, "+5")], false, BAD, DIGITS),
        (&[(CL, "5, 5")], false, BAD, DIGITS),
        (&[(CL, "5x")], false, BAD, DIGITS),
        (&[(CL, MANY)], false, BAD, HUGE),
        (&[(CL, "5"), (CL, "6")], false, BAD, TWICE),
        (&[(CL, "5"), ("content-length", "5")], false, BAD, TWICE),
        (&[(TE, "chunked"), (CL, "5")], false, BAD, BOTH),
        (&[(CL, "0"), (TE, "chunked")], false, BAD, BOTH),
        (&[(CL, "5"), (TE, "gzip")], false, BAD, BOTH),
        (&[(TE, "gzip"), (CL, "5")], false, BAD, BOTH),
        (&[(TE, "chunked")], false, Ok(None), CHUNKED),
        (&[(TE, "Chunked")], false, Ok(None), CHUNKED),
        (&[(TE, "gzip")], false, UNKNOWN, CODING),
        (&[(TE, "gzip, chunked")], false, UNKNOWN, CODING),
        (&[(TE, "xchunked")], false, UNKNOWN, CODING),
        (&[(TE, "")], false, UNKNOWN, CODING),
        (&[(TE, "chunked"), (TE, "chunked")], false, BAD, CODINGS),
        (&[(TE, "gzip"), (TE, "chunked")], false, BAD, CODINGS),
        (&[(TE, "chunked")], true, BAD, OLD),
        (&[(TE, "gzip")], true, BAD, OLD),
    ];
    for &(fields, is_http10, expected, hint) in cases {
        let version = if is_http10 { "1.0" } else { "1.1" };
        let sent = format!("{fields:?}, HTTP/{version}");
        let answer = || body_length(fields, is_http10);
        expect(sent, answer, expected, hint)?;
    }
    Ok(())
}

fn first<'a>(
    fields: &[(&str, &'a str)],
    name: &str,
) -> Option<&'a str> {
    let same = |n: &str| n.eq_ignore_ascii_case(name);
    fields.iter().find(|(n, _)| same(n)).map(|(_, value)| *value)
}

fn length(value: &str) -> Framing {
    let is_digits = value.bytes().all(|b| b.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_digits);
    number.map(Some).ok_or("400 Bad Request")
}

pub const WRONG: [(&str, Answer); 4] = [
    // The coding believed, as the RFC allows.
    (BOTH, |fields, is_http10| {
        let lengths = fields.iter().filter(|(name, _)| {
            name.eq_ignore_ascii_case("Content-Length")
        });
        match first(fields, "Transfer-Encoding") {
            Some(_) if is_http10 => BAD,
            Some(coding) if coding.eq_ignore_ascii_case("chunked") => {
                Ok(None)
            }
            Some(_) => UNKNOWN,
            None if lengths.count() > 1 => BAD,
            None => first(fields, "Content-Length")
                .map_or(Ok(Some(0)), length),
        }
    }),
    // The first length believed.
    (TWICE, |fields, _| {
        match (
            first(fields, "Transfer-Encoding"),
            first(fields, "Content-Length"),
        ) {
            (Some(_), Some(_)) => BAD,
            (Some("chunked"), None) => Ok(None),
            (Some(_), None) => UNKNOWN,
            (None, value) => value.map_or(Ok(Some(0)), length),
        }
    }),
    // Any coding that ends in chunked.
    (DIGITS, |fields, _| {
        let value = first(fields, "Content-Length");
        match first(fields, "Transfer-Encoding") {
            Some(coding) if coding.ends_with("chunked") => Ok(None),
            Some(_) => UNKNOWN,
            None => Ok(Some(
                value.and_then(|v| v.parse().ok()).unwrap_or(0),
            )),
        }
    }),
    // Names with one case only.
    (NAMES, |fields, _| {
        let find = |name| {
            let mut named = fields.iter().filter(|(n, _)| *n == name);
            named.next().map(|(_, value)| *value)
        };
        match (find("Transfer-Encoding"), find("Content-Length")) {
            (None, value) => value.map_or(Ok(Some(0)), length),
            _ => BAD,
        }
    }),
];
