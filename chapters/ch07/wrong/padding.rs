//! The check of exercise 7.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "What a record is";

pub const HINT: &str = "The remainder of the length by eight says how \
    many bytes are too many. What is missing are eight less that, \
    but for one remainder.";

type Answer = fn(u16) -> u8;

const SOME: &str = "Length and padding together are a multiple of \
    eight.";
const NONE: &str = "Where the length is a multiple of eight already, \
    nothing is missing.";
const LONG: &str = "A content may have up to 65,535 bytes, which has \
    to fit all the way through.";

pub fn check(padding: Answer) -> Verdict {
    for (length, expected, hint) in [
        (5, 3, SOME),
        (1, 7, SOME),
        (7, 1, SOME),
        (9, 7, SOME),
        (8, 0, NONE),
        (0, 0, NONE),
        (256, 0, NONE),
        (65_528, 0, NONE),
        (300, 4, LONG),
        (65_529, 7, LONG),
        (65_535, 1, LONG),
    ] {
        let sent = format!("padding({length})");
        expect(sent, || padding(length), expected, hint)?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 4] = [
    // Eight where nothing is missing.
    (NONE, |length| 8 - (length % 8) as u8),
    // The other part of eight.
    (SOME, |length| (length % 8) as u8),
    // Rounded up, in a type that is too small for that.
    (LONG, |length| {
        let up = length.saturating_add(7) / 8 * 8;
        up.saturating_sub(length) as u8
    }),
    // From the length's last byte, where nought is taken for eight.
    (NONE, |length| match length as u8 {
        0 if length > 0 => 8,
        last => last.wrapping_neg() % 8,
    }),
];
