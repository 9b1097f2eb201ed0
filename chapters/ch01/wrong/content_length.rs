//! The check of exercise 1.6, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "What we left out";

pub const HINT: &str = "`parse::<u64>()` fails for three reasons: \
    nothing there, something that is no digit, too many digits. Sort \
    out the first two before you call it. What else than digits does \
    it accept?";

type Answer = fn(Option<&str>, u64) -> Result<u64, &'static str>;

const NUMBER: &str = "Digits are the number of bytes, in decimal.";
const NONE: &str = "Without the variable there is no body, and that is \
    no error.";
const EMPTY: &str = "Empty means the same as absent (RFC 3875, section \
    4.1.2).";
const LIMIT: &str = "As many bytes as the limit are allowed, and not \
    one more.";
const DIGITS: &str = "A length is made of digits alone; two programs \
    that read anything else differently can be played off against each \
    other.";
const HUGE: &str = "It is a number, and a large one: too large is 413, \
    however large.";

pub fn check(content_length: Answer) -> Verdict {
    let bad = Err("400 Bad Request");
    let large = Err("413 Content Too Large");
    let zeros = "0".repeat(30) + "12";
    let huge = "99999999999999999999999";
    for (value, expected, hint) in [
        (Some("12"), Ok(12), NUMBER),
        (Some("007"), Ok(7), NUMBER),
        (Some("0"), Ok(0), NUMBER),
        (Some(&*zeros), Ok(12), NUMBER),
        (None, Ok(0), NONE),
        (Some(""), Ok(0), EMPTY),
        (Some("100"), Ok(100), LIMIT),
        (Some("101"), large, LIMIT),
        (Some("+5"), bad, DIGITS),
        (Some("-5"), bad, DIGITS),
        (Some("5 "), bad, DIGITS),
        (Some("0x10"), bad, DIGITS),
        (Some("ff"), bad, DIGITS),
        (Some("5, 5"), bad, DIGITS),
        (Some("\u{0665}"), bad, DIGITS),
        (Some(huge), large, HUGE),
    ] {
        expect(
            format!("content_length({value:?}, 100)"),
            || content_length(value, 100),
            expected,
            hint,
        )?;
    }
    let most = u64::MAX.to_string();
    expect(
        format!("content_length(Some({most:?}), u64::MAX)"),
        || content_length(Some(&most), u64::MAX),
        Ok(u64::MAX),
        NUMBER,
    )?;
    expect(
        format!("content_length(Some({huge:?}), u64::MAX)"),
        || content_length(Some(huge), u64::MAX),
        large,
        HUGE,
    )
}

const BAD: Result<u64, &str> = Err("400 Bad Request");
const LARGE: Result<u64, &str> = Err("413 Content Too Large");

pub const WRONG: [(&str, Answer); 7] = [
    // The length believed.
    (LIMIT, |value, _| {
        value.map_or(Ok(0), |text| text.parse().or(Ok(0)))
    }),
    // Empty taken for a bad number.
    (EMPTY, |value, _| {
        value.map_or(Ok(0), |text| text.parse().or(BAD))
    }),
    // `parse` accepts a sign.
    (DIGITS, |value, limit| match value.unwrap_or("") {
        "" => Ok(0),
        text => match text.parse() {
            Ok(length) if length > limit => LARGE,
            result => result.or(BAD),
        },
    }),
    // The limit itself refused.
    (LIMIT, |value, limit| match value.unwrap_or("") {
        "" => Ok(0),
        text => match text.parse() {
            Ok(length) if length < limit => Ok(length),
            _ => LARGE,
        },
    }),
    // Long taken for large.
    (NUMBER, |value, limit| match value.unwrap_or("") {
        "" => Ok(0),
        text if text.bytes().any(|b| !b.is_ascii_digit()) => BAD,
        text if text.len() > 20 => LARGE,
        text => text
            .parse()
            .ok()
            .filter(|n| *n <= limit)
            .ok_or("413 Content Too Large"),
    }),
    // The largest number there is, for one that is larger.
    (HUGE, |value, limit| {
        let mut length = 0_u64;
        for byte in value.unwrap_or("").bytes() {
            if !byte.is_ascii_digit() {
                return BAD;
            }
            length = length
                .saturating_mul(10)
                .saturating_add(u64::from(byte - b'0'));
        }
        if length > limit { LARGE } else { Ok(length) }
    }),
    // A number with a sign, which holds half as much.
    (NUMBER, |value, limit| match value.unwrap_or("") {
        "" => Ok(0),
        text if text.bytes().any(|b| !b.is_ascii_digit()) => BAD,
        text => match text.parse::<i64>() {
            Ok(length) if length as u64 <= limit => Ok(length as u64),
            _ => LARGE,
        },
    }),
];
