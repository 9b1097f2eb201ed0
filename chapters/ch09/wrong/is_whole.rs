//! The check of exercise 9.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Four are enough";

pub const HINT: &str = "Look for `\\r\\n\\r\\n` with `windows(4)`, and \
    count what comes after it. The name of a field is the same in \
    capitals, and its value may have spaces around it. `parse` takes a \
    `+` before a number, which is not a digit.";

type Answer = fn(&[u8]) -> bool;

const HEAD: &str = "Half a head would keep a worker waiting.";
const BODY: &str = "Half a body would keep a worker waiting, too.";
const WHOLE: &str = "This is all that will come: nobody would ever \
    answer it.";
const MORE: &str = "What follows belongs to the next request, and this \
    one is whole.";
const NAME: &str = "A field's name is the same in small letters, and \
    its value may have spaces around it.";
const NEVER: &str = "A length that is not a number is never reached. A \
    worker refuses it.";
const PLACE: &str = "Only a field of the head says how long the body \
    is, and not a part of its target or of the body.";
const HUGE: &str = "A stranger says how long the body is: no number \
    may make it panic. A worker refuses one that no `usize` holds.";

const BARE: &str =
    "A line ends with `\\r\\n`, and two `\\n` end nothing.";
const BYTES: &str = "A head is bytes, and need not be text: what it says \
    is a worker's to refuse.";

pub fn check(is_whole: Answer) -> Verdict {
    let once = |bytes: &str, expected, hint| {
        let sent = format!("\"{}\"", bytes.escape_debug());
        let answer = || is_whole(bytes.as_bytes());
        expect(sent, answer, expected, hint)
    };
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    once(get, true, WHOLE)?;
    for cut in 0..get.len() {
        once(&get[..cut], false, HEAD)?;
    }
    once(&format!("{get}GET / HT"), true, MORE)?;
    once("GET / HTTP/1.0\r\n\r\n", true, WHOLE)?;
    once("GET / HTTP/1.1\nHost: a\n\n", false, BARE)?;
    let post = |length: &str, body: &str| {
        format!("POST / HTTP/1.1\r\n{length}\r\nHost: a\r\n\r\n{body}")
    };
    once(&post("Content-Length: 5", "Hello"), true, WHOLE)?;
    once(&post("Content-Length: 0", ""), true, WHOLE)?;
    for cut in 0..5 {
        let body = &"Hello"[..cut];
        once(&post("Content-Length: 5", body), false, BODY)?;
    }
    once(&post("Content-Length: 5", "HelloGET"), true, MORE)?;
    once(&post("content-length:5", "Hell"), false, NAME)?;
    once(&post("CONTENT-LENGTH:  5 ", "Hell"), false, NAME)?;
    once(&post("CONTENT-LENGTH:  5 ", "Hello"), true, NAME)?;
    for length in ["five", "", "-1", "+5", "5, 5"] {
        let length = format!("Content-Length: {length}");
        once(&post(&length, ""), true, NEVER)?;
    }
    once(&post("X-Content-Length: 9", ""), true, PLACE)?;
    let twice = "Content-Length: 40\r\n\r\nmore";
    once(&post("X: a", twice), true, PLACE)?;
    let target = "GET /Content-Length:9 HTTP/1.1\r\nHost: a\r\n\r\n";
    once(target, true, PLACE)?;
    let huge = format!("Content-Length: {}", u64::MAX);
    once(&post(&huge, "Hello"), false, HUGE)?;
    once(
        &post("Content-Length: 99999999999999999999999", ""),
        true,
        HUGE,
    )?;
    let bytes = b"GET /\xe9 HTTP/1.1\r\nContent-Length: 1\r\n\r\n";
    for (body, expected) in [(&b""[..], false), (b"\xe9", true)] {
        let bytes = [bytes, body].concat();
        let sent = format!("b\"{}\"", bytes.escape_ascii());
        expect(sent, || is_whole(&bytes), expected, BYTES)?;
    }
    Ok(())
}

/// The head's length, and the body's as a field of this name has it.
fn lengths(arrived: &[u8], name: &str) -> Option<(usize, usize)> {
    let text = String::from_utf8_lossy(arrived);
    let head = text.find("\r\n\r\n")? + 4;
    let value = text[..head].lines().find_map(|l| l.strip_prefix(name));
    let length = value.and_then(|value| value.trim().parse().ok());
    Some((head, length.unwrap_or(0)))
}

pub const WRONG: [(&str, Answer); 6] = [
    // The head alone.
    (BODY, |arrived| arrived.windows(4).any(|w| w == b"\r\n\r\n")),
    // The end of all that has come.
    (MORE, |arrived| {
        lengths(arrived, "Content-Length:")
            .is_some_and(|(head, body)| arrived.len() == head + body)
    }),
    // The name as it is written most often.
    (NAME, |arrived| {
        lengths(arrived, "Content-Length:")
            .is_some_and(|(head, body)| arrived.len() - head >= body)
    }),
    // It waits for what never comes.
    (NEVER, |arrived| {
        let text = String::from_utf8_lossy(arrived).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            return false;
        };
        let mut lines = head.lines();
        let value =
            lines.find_map(|l| l.strip_prefix("content-length:"));
        value.is_none_or(|value| {
            value.trim().parse().is_ok_and(|n: usize| body.len() >= n)
        })
    }),
    // Any two line ends.
    (BARE, |arrived| {
        let text = String::from_utf8_lossy(arrived);
        let text = text.replace("\r\n", "\n");
        text.contains("\n\n")
    }),
    // Text, or nothing.
    (BYTES, |arrived| {
        let Ok(text) = str::from_utf8(arrived) else { return false };
        text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let head = head.to_lowercase();
            let mut lines = head.lines();
            let value =
                lines.find_map(|l| l.strip_prefix("content-length:"));
            let digits = value.map(str::trim).filter(|value| {
                value.bytes().all(|b| b.is_ascii_digit())
            });
            let length = digits.and_then(|digits| digits.parse().ok());
            body.len() >= length.unwrap_or(0)
        })
    }),
];
