//! The check of exercise 13.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use percent_encoding::{percent_decode, percent_decode_str};

pub const READ: &str = "A request, and back";

pub const HINT: &str = "Write `decoded(&str) -> Vec<u8>` first: \
    `[b'%', a, b, rest @ ..]` is a pattern for an escape, and \
    `to_digit(16)` reads a digit. Then try each place: \
    `match_indices('/')` has all slashes, `chain([asked.len()])` adds \
    the end, and `split_at` cuts. It is the right one if both halves \
    decode to what they have to be.";

type Answer = fn(&str, &[u8], &[u8]) -> Option<usize>;

const PLAIN: &str = "Without an escape, the two are as long as they \
    were.";
const ROOT: &str = "At the server's root, SCRIPT_NAME is empty: the \
    cut is at 0.";
const END: &str = "With an empty PATH_INFO, the cut is at the end.";
const LENGTH: &str = "An escape is three bytes where it is asked for, \
    and one when it is decoded. Count in `asked`.";
const DIGITS: &str = "The digits of an escape may be small letters or \
    capitals, and any byte may be escaped, even a letter.";
const SLASH: &str = "An escaped slash is decoded to a slash. It does \
    not begin a segment, and still counts as a byte of one.";
const PLACE: &str = "The cut is in front of a slash that is written as \
    one, and nowhere else: `%2Fb` is not a path that a router could be \
    given.";
const ESCAPE: &str = "Here the cut would be in the middle of an \
    escape.";
const DOUBLE: &str = "Doubled slashes stay doubled: which one it is, \
    the two paths say.";
const ONCE: &str = "A path is decoded once: what is an escape \
    afterwards stays.";
const BROKEN: &str = "A `%` without two hexadecimal digits after it \
    stays as it is.";
const PLUS: &str = "A `+` is a space in a form, and a plus in a path.";
const BYTES: &str = "What is decoded are bytes, which need not be \
    UTF-8. Compare them as bytes.";
const CASE: &str = "Capitals matter in a path.";
const BOTH: &str = "Both have to fit. Here one of them is not what was \
    asked for: some web server has written it anew.";
const LEFT: &str =
    "Nothing may be left over, and nothing counts twice.";
const RAW: &str = "What was asked for may have bytes beyond ASCII in \
    it. Not each index is one at which a `str` can be cut.";

type Case<'c> = (&'c str, &'c [u8], &'c [u8], Option<usize>, &'c str);

const CASES: [Case<'_>; 51] = [
    ("/a/b", b"/a", b"/b", Some(2), PLAIN),
    ("/axum/entry/7", b"/axum", b"/entry/7", Some(5), PLAIN),
    ("/a/b/c", b"/a/b", b"/c", Some(4), PLAIN),
    ("/a/", b"/a", b"/", Some(2), PLAIN),
    ("/a/b", b"", b"/a/b", Some(0), ROOT),
    ("/", b"", b"/", Some(0), ROOT),
    ("/a/b", b"/a/b", b"", Some(4), END),
    ("/a", b"/a", b"", Some(2), END),
    ("", b"", b"", Some(0), END),
    ("/a%20b/c", b"/a b", b"/c", Some(6), LENGTH),
    ("/a/c%20d", b"/a", b"/c d", Some(2), LENGTH),
    ("/a%20b/c%20d", b"/a b", b"/c d", Some(6), LENGTH),
    ("/a%20b", b"/a b", b"", Some(6), LENGTH),
    ("/%41/%62", b"/A", b"/b", Some(4), DIGITS),
    (
        "/%c3%a9/%C3%A9",
        "/é".as_bytes(),
        "/é".as_bytes(),
        Some(7),
        DIGITS,
    ),
    ("/%0a%7E/%7e", b"/\n~", b"/~", Some(7), DIGITS),
    ("/a/c%2Fd", b"/a", b"/c/d", Some(2), SLASH),
    ("/a%2Fb/c", b"/a/b", b"/c", Some(6), SLASH),
    ("/a%2fb/c%2fd/e", b"/a/b", b"/c/d/e", Some(6), SLASH),
    ("/a/%2F", b"/a", b"//", Some(2), SLASH),
    ("/a%2F/b", b"/a/", b"/b", Some(5), SLASH),
    ("/a%2Fb", b"/a", b"/b", None, PLACE),
    ("/a/b%2Fc", b"/a/b", b"/c", None, PLACE),
    ("%2Fa/b", b"", b"/a/b", None, PLACE),
    ("/ab", b"/a", b"b", None, PLACE),
    ("/a%2F", b"/a%2", b"F", None, ESCAPE),
    ("/a%2Fb", b"/a%", b"2Fb", None, ESCAPE),
    ("/a//b", b"/a", b"//b", Some(2), DOUBLE),
    ("/a//b", b"/a/", b"/b", Some(3), DOUBLE),
    ("//a/b", b"", b"//a/b", Some(0), DOUBLE),
    ("//a/b", b"//a", b"/b", Some(3), DOUBLE),
    ("//a/b", b"/a", b"/b", None, DOUBLE),
    ("/a//", b"/a", b"//", Some(2), DOUBLE),
    ("/a/./b/../c", b"/a", b"/./b/../c", Some(2), DOUBLE),
    ("/a%2541/b", b"/a%41", b"/b", Some(7), ONCE),
    ("/a/%252F", b"/a", b"/%2F", Some(2), ONCE),
    ("/a%2541/b", b"/aA", b"/b", None, ONCE),
    ("/a+b/c+d", b"/a+b", b"/c+d", Some(4), PLUS),
    ("/a+b/c", b"/a b", b"/c", None, PLUS),
    ("/%zz/%", b"/%zz", b"/%", Some(4), BROKEN),
    ("/5%/%2", b"/5%", b"/%2", Some(3), BROKEN),
    ("/%+1/%-2", b"/%+1", b"/%-2", Some(4), BROKEN),
    ("/%%41/%4/1", b"/%A", b"/%4/1", Some(5), BROKEN),
    ("/%FF/%fe", b"/\xff", b"/\xfe", Some(4), BYTES),
    ("/%FF/%fe", b"/\xfe", b"/\xff", None, BYTES),
    ("/A/b", b"/a", b"/b", None, CASE),
    ("/a/old", b"/a", b"/new", None, BOTH),
    ("/old/b", b"/a", b"/b", None, BOTH),
    ("/a/b/c", b"/a", b"/c", None, LEFT),
    ("/a/b", b"/a/b", b"/b", None, LEFT),
    ("/é/✓", "/é".as_bytes(), "/✓".as_bytes(), Some(3), RAW),
];

pub fn check(split: Answer) -> Verdict {
    for (asked, script, path, expected, hint) in CASES {
        let sent = format!(
            "{asked:?}, \"{}\" and \"{}\"",
            script.escape_ascii(),
            path.escape_ascii()
        );
        let answer = || split(asked, script, path);
        expect(sent, answer, expected, hint)?;
    }
    Ok(())
}

fn decoded(path: &str) -> Vec<u8> {
    percent_decode_str(path).collect()
}

fn slashes(asked: &str) -> impl DoubleEndedIterator<Item = usize> {
    asked.match_indices('/').map(|(at, _)| at).chain([asked.len()])
}

/// With these decoded.
fn by(
    [asked, script, path]: [&[u8]; 3],
    decoded: fn(&str) -> Vec<u8>,
) -> Option<usize> {
    let asked = str::from_utf8(asked).ok()?;
    slashes(asked).find(|&at| {
        let (before, after) = asked.split_at(at);
        decoded(before) == script && decoded(after) == path
    })
}

/// At one of these places.
fn among(
    mut places: impl Iterator<Item = usize>,
    [asked, script, path]: [&[u8]; 3],
) -> Option<usize> {
    places.find(|&at| {
        let decoded = |half| percent_decode(half).collect::<Vec<_>>();
        decoded(&asked[..at]) == script && decoded(&asked[at..]) == path
    })
}

fn lossy(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

pub const WRONG: [(&str, Answer); 28] = [
    // Nowhere.
    (PLAIN, |_, _, _| None),
    // The first segment.
    (PLAIN, |asked, _, _| slashes(asked).find(|&at| at > 0)),
    // The last one.
    (PLAIN, |asked, _, _| asked.rfind('/')),
    // Not at the start.
    (ROOT, |asked, script, path| {
        let places = slashes(asked).filter(|&at| at > 0);
        among(places, [asked.as_bytes(), script, path])
    }),
    // In front of slashes alone.
    (END, |asked, script, path| {
        let places = slashes(asked).filter(|&at| at < asked.len());
        among(places, [asked.as_bytes(), script, path])
    }),
    // As long as it is decoded.
    (LENGTH, |asked, script, path| {
        let whole = decoded(asked);
        (whole == [script, path].concat()).then_some(script.len())
    }),
    // As long from the end.
    (LENGTH, |asked, script, path| {
        let whole = decoded(asked);
        let at = asked.len().checked_sub(path.len())?;
        (whole == [script, path].concat()).then_some(at)
    }),
    // As it was asked for.
    (LENGTH, |asked, script, path| {
        let rest = asked.as_bytes().strip_prefix(script)?;
        (rest == path).then_some(script.len())
    }),
    // Spaces alone.
    (DIGITS, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            half.replace("%20", " ").into()
        })
    }),
    // Capitals alone.
    (DIGITS, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let small = ["%c3", "%a9", "%2f", "%0a", "%7e", "%fe"];
            let hidden = small.iter().fold(half.to_string(), |h, s| {
                h.replace(s, &s.replace('%', "%25"))
            });
            decoded(&hidden)
        })
    }),
    // The escapes that there are of the path.
    (DIGITS, |asked, script, path| {
        let encoded = |bytes: &[u8]| -> String {
            let each = bytes.iter().map(|&b| match b {
                b'/' | b'+' => char::from(b).to_string(),
                b if b.is_ascii_alphanumeric() => char::from(b).into(),
                b => format!("%{b:02X}"),
            });
            each.collect()
        };
        let script = encoded(script);
        let rest = asked.strip_prefix(&script)?;
        (rest == encoded(path)).then_some(script.len())
    }),
    // As many slashes as there are in the first.
    (SLASH, |asked, script, path| {
        let count = script.iter().filter(|&&b| b == b'/').count();
        let at = slashes(asked).nth(count).unwrap_or(asked.len());
        among([at].into_iter(), [asked.as_bytes(), script, path])
    }),
    // Escaped slashes stay.
    (SLASH, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let half = half.replace("%2F", "%252F");
            decoded(&half.replace("%2f", "%252f"))
        })
    }),
    // A slash is a slash.
    (PLACE, |asked, script, path| {
        let at = |(at, _)| at;
        let large = asked.match_indices("%2F").map(at);
        let small = asked.match_indices("%2f").map(at);
        let places = slashes(asked).chain(large).chain(small);
        among(places, [asked.as_bytes(), script, path])
    }),
    // Byte by byte, as far as the first goes.
    (PLACE, |asked, script, path| {
        let mut at = 0;
        for _ in 0..script.len() {
            let rest = &asked.as_bytes()[at..];
            let is_escape = matches!(rest, [b'%', a, b, ..]
                if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
            at += if is_escape { 3 } else { 1 };
        }
        among([at].into_iter(), [asked.as_bytes(), script, path])
    }),
    // Anywhere, if it is not in front of an escape.
    (PLACE, |asked, script, path| {
        let bytes = asked.as_bytes();
        let places = 0..=bytes.len();
        let places =
            places.filter(|&at| !bytes[at..].starts_with(b"%2"));
        among(places, [bytes, script, path])
    }),
    // Anywhere between segments, as a web server would tidy them.
    (DOUBLE, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let half = half.replace("//", "/");
            decoded(&half)
        })
    }),
    // The first that begins so.
    (DOUBLE, |asked, script, path| {
        let is = |at: &usize| decoded(&asked[..*at]) == script;
        let at = slashes(asked).find(is)?;
        let is_single = !asked[at..].starts_with("//");
        (decoded(&asked[at..]) == path && is_single).then_some(at)
    }),
    // Until there is nothing left to decode.
    (ONCE, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let (mut bytes, mut last) = (decoded(half), Vec::new());
            while bytes != last {
                last = bytes;
                bytes = percent_decode(&last).collect();
            }
            bytes
        })
    }),
    // Broken ones are left out.
    (BROKEN, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let mut bytes = Vec::new();
            let mut rest = half;
            while let Some((before, after)) = rest.split_once('%') {
                bytes.extend(before.as_bytes());
                let digits = after.get(..2).unwrap_or_default();
                bytes.extend(u8::from_str_radix(digits, 16));
                rest = after.get(2..).unwrap_or_default();
            }
            bytes.extend(rest.as_bytes());
            bytes
        })
    }),
    // A number with a sign is a number.
    (BROKEN, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            let mut bytes = Vec::new();
            let mut rest = half;
            while let Some((before, after)) = rest.split_once('%') {
                bytes.extend(before.as_bytes());
                let digits = after.get(..2).unwrap_or_default();
                rest = match u8::from_str_radix(digits, 16) {
                    Ok(byte) if digits.len() == 2 => {
                        bytes.push(byte);
                        &after[2..]
                    }
                    _ => {
                        bytes.push(b'%');
                        after
                    }
                };
            }
            bytes.extend(rest.as_bytes());
            bytes
        })
    }),
    // As in a form.
    (PLUS, |asked, script, path| {
        by([asked.as_bytes(), script, path], |half| {
            decoded(&half.replace('+', " "))
        })
    }),
    // As text.
    (BYTES, |asked, script, path| {
        let [script, path] =
            [script, path].map(String::from_utf8_lossy);
        slashes(asked).find(|&at| {
            lossy(&asked[..at]) == script && lossy(&asked[at..]) == path
        })
    }),
    // Capitals do not matter.
    (CASE, |asked, script, path| {
        slashes(asked).find(|&at| {
            let [before, after] = [&asked[..at], &asked[at..]];
            decoded(before).eq_ignore_ascii_case(script)
                && decoded(after).eq_ignore_ascii_case(path)
        })
    }),
    // The first alone.
    (BOTH, |asked, script, path| {
        let whole = decoded(asked);
        let is = |at: &usize| decoded(&asked[..*at]) == script;
        let at = slashes(asked).find(is)?;
        (whole.len() == script.len() + path.len()).then_some(at)
    }),
    // The end and the beginning.
    (LEFT, |asked, script, path| {
        let is = |at: &usize| decoded(&asked[*at..]) == path;
        let at = slashes(asked).find(is)?;
        let is_start = decoded(asked).starts_with(script);
        is_start.then_some(at)
    }),
    // At each index.
    (RAW, |asked, script, path| {
        (0..=asked.len()).find(|&at| {
            let is_place =
                at == asked.len() || asked[at..].starts_with('/');
            is_place
                && decoded(&asked[..at]) == script
                && decoded(&asked[at..]) == path
        })
    }),
    // Character by character.
    (RIGHT, |asked, script, path| {
        let whole = [asked.as_bytes(), script, path];
        let places = asked.char_indices().filter(|(_, c)| *c == '/');
        let places = places.map(|(at, _)| at).chain([asked.len()]);
        let places: Vec<_> = places.collect();
        among(places.into_iter().rev(), whole)
    }),
];
