//! The check of exercise 3.1, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};
use gateway::Environ;

pub const READ: &str = "Bytes and text";

pub const HINT: &str = "The environ has two methods that return a \
    variable. On bytes, `rsplit` takes a closure instead of a \
    character.";

type Answer = fn(&Environ) -> Vec<u8>;

const LAST: &str = "The name begins behind the last slash, and with \
    nothing behind it there is no name.";
const AS_IS: &str = "The path has been decoded already, and a name is \
    passed on as it is.";
const BYTES: &str = "The name has bytes that are no UTF-8, and they \
    are to come out as they went in: ask for `bytes`, not for text.";
const NONE: &str = "Without a `PATH_INFO` there is no name, and that \
    is no error.";

const SLASH: &str = "A slash parts a path, and nothing else does: here a \
    question mark or a backslash is a part of the name.";

pub fn check(file_name: Answer) -> Verdict {
    let cases: [(&[u8], &[u8], _); 10] = [
        (b"/docs/book.txt", b"book.txt", LAST),
        (b"/book.txt", b"book.txt", LAST),
        (b"/docs/", b"", LAST),
        (b"/docs/why?.txt", b"why?.txt", SLASH),
        (b"/docs/a\\b", b"a\\b", SLASH),
        (b"/a%20b+c", b"a%20b+c", AS_IS),
        (b"/docs/Andr\xe9", b"Andr\xe9", BYTES),
        (b"/docs/Andr\xc3\xa9", b"Andr\xc3\xa9", BYTES),
        (b"/\xff\xfe/\xfe\xff", b"\xfe\xff", BYTES),
        (b"", b"", NONE),
    ];
    for (path, expected, hint) in cases {
        let mut environ = Environ::new();
        environ.set("PATH_INFO", path);
        expect(
            format!("PATH_INFO b\"{}\"", path.escape_ascii()),
            || Bytes(file_name(&environ)),
            Bytes(expected.into()),
            hint,
        )?;
    }
    let environ = Environ::new();
    let answer = || Bytes(file_name(&environ));
    expect("no PATH_INFO", answer, Bytes(Vec::new()), NONE)
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

pub const WRONG: [(&str, Answer); 4] = [
    // Text, or nothing.
    (BYTES, |environ| {
        let path = environ.bytes("PATH_INFO").unwrap_or_default();
        let name = String::from_utf8(name(path).to_vec());
        name.unwrap_or_default().into()
    }),
    // Each byte made a character, which is Python's disguise.
    (BYTES, |environ| {
        let path = environ.bytes("PATH_INFO").unwrap_or_default();
        let name = name(path).iter().map(|&byte| char::from(byte));
        name.collect::<String>().into()
    }),
    // A panic where the variable is missing.
    (NONE, |environ| {
        name(environ.bytes("PATH_INFO").expect("a path")).into()
    }),
    // The first slash taken for the last.
    (LAST, |environ| {
        let path = environ.bytes("PATH_INFO").unwrap_or_default();
        path.get(1..).unwrap_or_default().into()
    }),
];
