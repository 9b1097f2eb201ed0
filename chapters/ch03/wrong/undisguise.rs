//! The check of exercise 3.2, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};

pub const READ: &str = "Bytes and text";

pub const HINT: &str = "`u8::try_from` takes a `char` as well, and \
    fails above U+00FF. An iterator of `Option`s can be collected into \
    one `Option` of all.";

type Answer = fn(&str) -> Option<Vec<u8>>;

const PLAIN: &str = "Characters below U+0080 are the bytes that they \
    are in ASCII.";
const EMPTY: &str = "No characters are no bytes. That is an answer.";
const ONE: &str = "One character is one byte, the one with the \
    character's number. `as_bytes` encodes the disguise instead of \
    taking it off.";
const UPPER: &str = "The bytes from 80 to FF are characters of the \
    disguise like any others.";
const NONE: &str = "A character above U+00FF is no byte in disguise: \
    then there is no answer, rather than one with a byte that nobody \
    has sent.";

pub fn check(undisguise: Answer) -> Verdict {
    let cases: [(&str, Option<&[u8]>, _); 9] = [
        ("/docs", Some(b"/docs"), PLAIN),
        ("", Some(b""), EMPTY),
        ("\0\n\x7f", Some(b"\0\n\x7f"), PLAIN),
        ("/caf\u{c3}\u{a9}", Some(b"/caf\xc3\xa9"), ONE),
        ("/caf\u{e9}", Some(b"/caf\xe9"), UPPER),
        ("\u{80}\u{ff}", Some(b"\x80\xff"), UPPER),
        ("\u{20ac}", None, NONE),
        ("/\u{141}", None, NONE),
        ("\u{100}\u{e9}", None, NONE),
    ];
    for (text, expected, hint) in cases {
        expect(
            format!("undisguise(\"{}\")", text.escape_default()),
            || undisguise(text).map(Bytes),
            expected.map(|bytes| Bytes(bytes.into())),
            hint,
        )?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 4] = [
    // The bytes of the text, disguise and all.
    (ONE, |text| Some(text.as_bytes().to_vec())),
    // What is too large, cut down: U+0141 becomes an A.
    (NONE, |text| Some(text.chars().map(|c| c as u8).collect())),
    // What is too large, left out.
    (NONE, |text| {
        let bytes = text.chars().filter_map(|c| u8::try_from(c).ok());
        Some(bytes.collect())
    }),
    // ASCII taken for the limit.
    (ONE, |text| text.is_ascii().then(|| text.as_bytes().to_vec())),
];
