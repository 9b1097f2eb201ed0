//! The check of exercise 14.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "What a string is";

pub const HINT: &str = "A string can be collected from characters, and \
    the documentation of `char` says from which integer there is \
    always one.";

type Answer = fn(&[u8]) -> String;

const PLAIN: &str = "Bytes of ASCII are the characters that one \
    expects, all of them.";
const EACH: &str = "In UTF-8 this is one character of two bytes or \
    more. Here each byte is one of its own, and nobody has said that \
    it is UTF-8.";
const ANY: &str = "This is not UTF-8, and does not have to be. Each \
    byte has a character, with its number.";
const NUMBER: &str = "The bytes from 128 to 159 have characters that \
    cannot be seen, and are not those of Windows: it is the number \
    that counts.";
const CONTROL: &str = "Control characters are bytes as well: whether \
    they may be there is not asked here.";
const WRITTEN: &str = "A `%` or a backslash is a byte like others: \
    nothing is decoded, and nothing is escaped.";
const SPACE: &str = "White space is a part of it, in front and at the \
    end.";

pub fn check(native: Answer) -> Verdict {
    let cases: [(&[u8], &str, &str); 12] = [
        (b"", "", PLAIN),
        (b"/tea", "/tea", PLAIN),
        (b"a?A", "a?A", PLAIN),
        ("/café".as_bytes(), "/cafÃ©", EACH),
        ("✓".as_bytes(), "â\u{9c}\u{93}", EACH),
        (b"/caf\xe9", "/café", ANY),
        (b"\xff\xfe", "ÿþ", ANY),
        (b"\x80\x99\x9f", "\u{80}\u{99}\u{9f}", NUMBER),
        (b"a\0b\x1f\x7f", "a\0b\u{1f}\u{7f}", CONTROL),
        (b"%C3%A9", "%C3%A9", WRITTEN),
        (br"a\xe9", r"a\xe9", WRITTEN),
        (b" a\t", " a\t", SPACE),
    ];
    for (bytes, expected, hint) in cases {
        let sent = format!("b\"{}\"", bytes.escape_ascii());
        let answer = || native(bytes);
        expect(sent, answer, expected.to_string(), hint)?;
    }
    Ok(())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

pub const WRONG: [(&str, Answer); 15] = [
    // From the number.
    (RIGHT, |bytes| {
        let each = bytes.iter().map(|&b| u32::from(b));
        each.filter_map(char::from_u32).collect()
    }),
    // Nothing.
    (PLAIN, |_| String::new()),
    // A list.
    (PLAIN, |bytes| format!("{bytes:?}")),
    // In small letters.
    (PLAIN, |bytes| latin1(bytes).to_lowercase()),
    // UTF-8.
    (EACH, |bytes| String::from_utf8_lossy(bytes).into_owned()),
    // UTF-8, or nothing.
    (EACH, |bytes| String::from_utf8(bytes.into()).unwrap()),
    // ASCII.
    (EACH, |bytes| {
        bytes
            .iter()
            .filter(|b| b.is_ascii())
            .map(|&b| b as char)
            .collect()
    }),
    // Question marks.
    (EACH, |bytes| {
        let seen = |&b: &u8| if b < 128 { b } else { b'?' };
        bytes.iter().map(|b| char::from(seen(b))).collect()
    }),
    // UTF-8, or else Latin-1.
    (EACH, |bytes| match str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => latin1(bytes),
    }),
    // As Python keeps bytes that are no text.
    (EACH, |bytes| {
        let each = bytes.iter().map(|&b| match b {
            128.. => char::from_u32(0xf700 + u32::from(b)).unwrap(),
            _ => char::from(b),
        });
        each.collect()
    }),
    // Latin-1, as browsers have it.
    (NUMBER, |bytes| {
        let text = latin1(bytes);
        match text.starts_with('\u{80}') {
            true => text.replace('\u{80}', "€"),
            false => text,
        }
    }),
    // What can be seen.
    (CONTROL, |bytes| {
        latin1(bytes).replace(|c: char| c.is_ascii_control(), "")
    }),
    // Decoded once more.
    (WRITTEN, |bytes| latin1(bytes).replace("%C3%A9", "é")),
    // A backslash is one of two.
    (WRITTEN, |bytes| latin1(bytes).replace('\\', r"\\")),
    // Tidied.
    (SPACE, |bytes| latin1(bytes).trim().into()),
];
