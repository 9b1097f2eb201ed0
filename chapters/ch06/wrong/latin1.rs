//! The check of exercise 6.5, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Not in UTF-8";

pub const HINT: &str = "Split first and decode afterwards. \
    `char::from` makes a character of a byte, which is what Latin-1 \
    is. `to_digit` gives the value of a hexadecimal digit, or `None`.";

type Answer = fn(&[u8]) -> Vec<(String, String)>;

const LATIN1: &str = "In Latin-1 each byte is a character, the one \
    with its number.";
const FIELDS: &str = "Fields are separated by `&`, and nothing between \
    two is no field.";
const EQUALS: &str = "The first `=` ends the name, and the value may \
    have more of them, or none may be there.";
const AFTER: &str = "Split before you decode: `%26` is an ampersand \
    that was typed, and separates nothing.";
const PLUS: &str = "`+` is a space, and `%2B` is a plus.";
const CASES: &str = "Digits come in either case.";
const BROKEN: &str = "A `%` that begins no escape stands for itself. \
    What follows it is read as if it were not there.";
const ONCE: &str = "What was decoded is not decoded again.";

pub fn check(latin1: Answer) -> Verdict {
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(&[u8], Fields, &str)] = &[
        (b"name=Zo%EB", &[("name", "Zo\u{eb}")], LATIN1),
        (b"n=\xeb%FF%80", &[("n", "\u{eb}\u{ff}\u{80}")], LATIN1),
        (b"n=\0%00", &[("n", "\0\0")], LATIN1),
        (b"%E9t%E9=%C3%AB", &[("\u{e9}t\u{e9}", "Ã«")], LATIN1),
        (b"a=1&b=2&a=3", &[("a", "1"), ("b", "2"), ("a", "3")], FIELDS),
        (b"a=b=c", &[("a", "b=c")], EQUALS),
        (b"a=1;b=2", &[("a", "1;b=2")], FIELDS),
        (b"", &[], FIELDS),
        (b"&&a=1&", &[("a", "1")], FIELDS),
        (b"a&=b&=", &[("a", ""), ("", "b"), ("", "")], EQUALS),
        (b"a+b=+1++2+", &[("a b", " 1  2 ")], PLUS),
        (b"a=Zo+%26+Co%3D", &[("a", "Zo & Co=")], AFTER),
        (b"a%3Db=c%26d=e", &[("a=b", "c&d=e")], AFTER),
        (b"a=%2541", &[("a", "%41")], ONCE),
        (b"a+b=1+%2B+1", &[("a b", "1 + 1")], PLUS),
        (b"a=%eb%Eb%eB", &[("a", "\u{eb}\u{eb}\u{eb}")], CASES),
        (b"a=100%", &[("a", "100%")], BROKEN),
        (b"a=%&b=%4", &[("a", "%"), ("b", "%4")], BROKEN),
        (b"a=%zz%4g%+1", &[("a", "%zz%4g% 1")], BROKEN),
        (b"a=%%41%4%42", &[("a", "%A%4B")], BROKEN),
        (b"a=%+1%-1", &[("a", "% 1%-1")], BROKEN),
        (b"a=%252B", &[("a", "%2B")], ONCE),
    ];
    for (form, expected, hint) in cases {
        let owned =
            |(n, v): &(&str, &str)| (n.to_string(), v.to_string());
        let expected = expected.iter().map(owned).collect::<Vec<_>>();
        let sent = format!("\"{}\"", form.escape_ascii());
        expect(sent, || latin1(form), expected, hint)?;
    }
    Ok(())
}

/// What the wrong ones have in common.
fn decode(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3);
        let is_digit = |d: &&[u8]| d.iter().all(u8::is_ascii_hexdigit);
        let digits = digits.filter(is_digit);
        let digits = digits.and_then(|d| str::from_utf8(d).ok());
        let byte = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
        match (text[at], byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    bytes
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn fields(
    form: &[u8],
    read: fn(&[u8]) -> String,
) -> Vec<(String, String)> {
    let fields = form.split(|&byte| byte == b'&');
    let fields = fields.filter(|field| !field.is_empty());
    let pair = |field: &[u8]| {
        let at = field.iter().position(|&byte| byte == b'=');
        let (name, value) = field.split_at(at.unwrap_or(field.len()));
        (read(name), read(value.get(1..).unwrap_or_default()))
    };
    fields.map(pair).collect()
}

pub const WRONG: [(&str, Answer); 4] = [
    // As UTF-8.
    (LATIN1, |form| {
        fields(form, |part| {
            String::from_utf8_lossy(&decode(part)).into_owned()
        })
    }),
    // Decoded first.
    (AFTER, |form| fields(&decode(form), text)),
    // Twice.
    (ONCE, |form| fields(form, |part| text(&decode(&decode(part))))),
    // What is no escape is left out.
    (BROKEN, |form| {
        fields(form, |part| {
            let bytes = decode(part);
            let is_sign = part.last() == Some(&b'%');
            text(&bytes[..bytes.len() - usize::from(is_sign)])
        })
    }),
];
