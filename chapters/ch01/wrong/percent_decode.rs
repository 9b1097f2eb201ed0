//! The check of exercise 1.5, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Greeting by name";

pub const HINT: &str = "Work on bytes (`as_bytes`), collect bytes, and \
    make text of them at the very end, with `String::from_utf8_lossy`. \
    `char::to_digit(16)` reads one hexadecimal digit.";

type Answer = fn(&str) -> String;

const PLAIN: &str = "What is not a percent sign stays as it is.";
const BYTE: &str = "`%` and two hexadecimal digits stand for a byte.";
const UTF8: &str = "A character can take several bytes: collect all \
    bytes first, and make text of them together.";
const LOSSY: &str = "Nobody promises that the bytes are UTF-8; chapter \
    1 has shown what to do then.";
const ALONE: &str = "A percent sign that two hexadecimal digits do not \
    follow stands for itself.";
const TWICE: &str = "Decode once: what comes out of it is not decoded \
    again, or a stranger can hide things from whoever looks in \
    between.";

pub fn check(percent_decode: Answer) -> Verdict {
    for (text, expected, hint) in [
        ("Ferris", "Ferris", PLAIN),
        ("a+b", "a+b", PLAIN),
        ("a%20b", "a b", BYTE),
        ("%3cb%3E", "<b>", BYTE),
        ("a%00b", "a\0b", BYTE),
        ("Andr%C3%A9", "Andr\u{e9}", UTF8),
        ("%E2%82%AC", "\u{20ac}", UTF8),
        ("Andr%E9!", "Andr\u{fffd}!", LOSSY),
        ("Andr%C3", "Andr\u{fffd}", LOSSY),
        ("100%", "100%", ALONE),
        ("%4", "%4", ALONE),
        ("%4z", "%4z", ALONE),
        ("%zz%41", "%zzA", ALONE),
        ("%+5%-1", "%+5%-1", ALONE),
        ("%\u{20ac}", "%\u{20ac}", ALONE),
        ("%%41", "%A", ALONE),
        ("%2541", "%41", TWICE),
    ] {
        expect(
            format!("percent_decode({text:?})"),
            || percent_decode(text),
            expected.to_string(),
            hint,
        )?;
    }
    Ok(())
}

/// The bytes, by a function that reads two digits.
fn bytes(text: &str, read: fn(&str) -> Option<u8>) -> Vec<u8> {
    let (mut bytes, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).unwrap_or_default();
        match read(digits).filter(|_| text.as_bytes()[at] == b'%') {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(text.as_bytes()[at]);
                at += 1;
            }
        }
    }
    bytes
}

fn two_digits(digits: &str) -> Option<u8> {
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

pub const WRONG: [(&str, Answer); 4] = [
    // A byte taken for a character.
    (UTF8, |text| {
        bytes(text, two_digits).into_iter().map(char::from).collect()
    }),
    // A panic at a stranger's wish.
    (LOSSY, |text| String::from_utf8(bytes(text, two_digits)).unwrap()),
    // `from_str_radix` reads a sign, too.
    (ALONE, |text| {
        let read = |digits: &str| u8::from_str_radix(digits, 16).ok();
        String::from_utf8_lossy(&bytes(text, read)).into_owned()
    }),
    // Decoded until nothing is left to decode.
    (TWICE, |text| {
        let once = bytes(text, two_digits);
        let once = String::from_utf8_lossy(&once);
        let twice = bytes(&once, two_digits);
        String::from_utf8_lossy(&twice).into_owned()
    }),
];
