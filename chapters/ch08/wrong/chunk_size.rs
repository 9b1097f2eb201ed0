//! The check of exercise 8.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Chunks, undone";

pub const HINT: &str = "`from_str_radix` takes something that is no \
    digit, and `trim` takes away more than blanks and tabs, and on \
    both sides. Say yourself what a digit is.";

type Answer = fn(&str) -> Option<u64>;

const SIZE: &str = "A size is hexadecimal digits, in either case, and \
    zeros may stand in front.";
const SIGN: &str = "A sign is no digit. Whoever reads another size \
    than the proxy in front takes a part of the body for a request.";
const BEFORE: &str = "Nothing may stand before the size.";
const BEHIND: &str = "Only blanks and tabs may stand between the size \
    and the end of the line, or the `;`.";
const NONE: &str = "Without a digit there is no size, and that is not \
    the same as a size of zero, which ends the body.";
const HUGE: &str = "A size that does not fit is none. Cut to what \
    fits, it would be another size.";

const EXTENSION: &str = "Behind the `;` anything may stand, or nothing; \
    the size is the same.";

pub fn check(chunk_size: Answer) -> Verdict {
    for (line, expected, hint) in [
        ("5", Some(5), SIZE),
        ("1F", Some(31), SIZE),
        ("1f", Some(31), SIZE),
        ("000a", Some(10), SIZE),
        ("0", Some(0), SIZE),
        ("0000000000000000a", Some(10), SIZE),
        ("5;a=b", Some(5), BEHIND),
        ("5 \t;a=\"b;c\"", Some(5), BEHIND),
        ("5 ", Some(5), BEHIND),
        ("5;", Some(5), EXTENSION),
        ("5;\u{e9}=;+", Some(5), EXTENSION),
        ("5 5", None, BEHIND),
        ("5\u{b}", None, BEHIND),
        ("5\u{a0}", None, BEHIND),
        ("5,5", None, BEHIND),
        (" 5", None, BEFORE),
        ("\t5", None, BEFORE),
        ("0x5", None, BEFORE),
        ("+5", None, SIGN),
        ("-5", None, SIGN),
        ("-0", None, SIGN),
        ("", None, NONE),
        (";a", None, NONE),
        (" ", None, NONE),
        ("ffffffffffffffff", Some(u64::MAX), HUGE),
        ("10000000000000000", None, HUGE),
    ] {
        let sent = format!("chunk_size({line:?})");
        expect(sent, || chunk_size(line), expected, hint)?;
    }
    Ok(())
}

fn size(line: &str) -> &str {
    line.split(';').next().unwrap_or_default()
}

pub const WRONG: [(&str, Answer); 6] = [
    // The sign is left in.
    (SIGN, |line| {
        let size = size(line).trim_end_matches([' ', '\t']);
        u64::from_str_radix(size, 16).ok()
    }),
    // Digits in base ten.
    (SIZE, |line| size(line).parse().ok()),
    // What is no digit is left out.
    (BEHIND, |line| {
        let digits: String =
            line.chars().take_while(char::is_ascii_hexdigit).collect();
        u64::from_str_radix(&digits, 16).ok()
    }),
    // No digit is taken for zero.
    (NONE, |line| {
        let size = size(line).trim_end_matches([' ', '\t']);
        let is_digits = size.bytes().all(|b| b.is_ascii_hexdigit());
        match size {
            "" => Some(0),
            size if is_digits => u64::from_str_radix(size, 16).ok(),
            _ => None,
        }
    }),
    // As many digits as a `u64` has.
    (SIZE, |line| {
        let size = size(line).trim_end_matches([' ', '\t']);
        let is_digits = size.bytes().all(|b| b.is_ascii_hexdigit());
        let is_size = is_digits && size.len() <= 16;
        u64::from_str_radix(size, 16).ok().filter(|_| is_size)
    }),
    // An extension that has a name.
    (EXTENSION, |line| {
        let (size, name) = line.split_once(';').unwrap_or((line, "a"));
        let size = size.trim_end_matches([' ', '\t']);
        let is_size = size.bytes().all(|b| b.is_ascii_hexdigit())
            && name.starts_with(|c: char| c.is_ascii_alphanumeric());
        u64::from_str_radix(size, 16).ok().filter(|_| is_size)
    }),
];
