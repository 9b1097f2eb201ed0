//! The check of exercise 8.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Where a head ends";

pub const HINT: &str = "The end is four bytes, and one to three of \
    them may have been the last that came the time before. So begin \
    three bytes before `searched`, or at 0, look with `windows(4)`, and \
    leave the length of what has arrived in `searched`.";

type Answer = fn(&mut usize, &[u8]) -> Option<usize>;

const WHOLE: &str = "A head ends behind its empty line; what follows \
    is not the head's.";
const SPLIT: &str = "The end may come in two reads, or in four.";
const NOT_YET: &str = "Without an empty line there is no end yet.";
const BARE: &str = "A line ends with `\\r\\n`, and two `\\n` end \
    nothing.";
const AGAIN: &str = "What was searched must not be searched again: a \
    long head that comes byte by byte would keep us busy for hours. \
    `searched` has to say how far you are, give or take three bytes.";
const BYTES: &str =
    "A head is bytes, and a stranger need not send text.";
const FAR: &str = "`searched` cannot be farther than what has arrived.";

const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The answers after each of the pieces.
fn feed(answer: Answer, pieces: &[&[u8]]) -> Vec<Option<usize>> {
    let (mut searched, mut arrived) = (0, Vec::new());
    let mut after = |piece: &&[u8]| {
        arrived.extend_from_slice(piece);
        answer(&mut searched, &arrived)
    };
    pieces.iter().map(&mut after).collect()
}

/// How far it says it is, after a head of so many bytes and no end.
fn searched(answer: Answer, length: usize) -> usize {
    let mut searched = 0;
    answer(&mut searched, &b"x".repeat(length));
    searched
}

pub fn check(head_length: Answer) -> Verdict {
    let shown = |bytes: &[u8]| format!("\"{}\"", bytes.escape_ascii());
    let once = |bytes: &[u8], expected, hint| {
        let answer = || feed(head_length, &[bytes]);
        expect(shown(bytes), answer, vec![expected], hint)
    };
    once(HEAD, Some(27), WHOLE)?;
    once(b"GET / HTTP/1.1\r\n\r\nmore", Some(18), WHOLE)?;
    once(b"A\r\n\r\nB\r\n\r\n", Some(5), WHOLE)?;
    once(b"GET /\xe9 HTTP/1.1\r\n\r\n", Some(19), BYTES)?;
    once(b"", None, NOT_YET)?;
    once(b"GET / HTTP/1.1\r\n", None, NOT_YET)?;
    once(b"GET / HTTP/1.1\r\n\r", None, NOT_YET)?;
    once(b"GET / HTTP/1.1\n\nHost: a\n\n", None, BARE)?;
    once(b"GET / HTTP/1.1\n\r\n", None, BARE)?;
    for cut in 0..HEAD.len() {
        let (first, second) = HEAD.split_at(cut);
        let sent = format!("{} and {}", shown(first), shown(second));
        let answer = || feed(head_length, &[first, second]);
        expect(sent, answer, vec![None, Some(27)], SPLIT)?;
    }
    let bytes: Vec<&[u8]> = HEAD.chunks(1).collect();
    let last = || feed(head_length, &bytes).pop().flatten();
    expect("it byte by byte", last, Some(27), SPLIT)?;
    for length in [5, 1000] {
        let sent = format!("`searched` after {length} bytes");
        let is_near = || searched(head_length, length) + 3 >= length;
        expect(
            sent.clone() + ", not far behind",
            is_near,
            true,
            AGAIN,
        )?;
        let is_there = || searched(head_length, length) <= length;
        expect(sent + ", and no farther", is_there, true, FAR)?;
    }
    // Nobody can send this; it shows who looks at the beginning again.
    let again = || {
        let mut searched = 0;
        head_length(&mut searched, &[b'x'; 1000]);
        let changed = [HEAD, &[b'x'; 973], b"\r\n\r\n"].concat();
        head_length(&mut searched, &changed)
    };
    let sent = "1000 bytes without an end, and then an end both behind \
                them and, where there was none, among them";
    expect(sent, again, Some(1004), AGAIN)
}

fn find(from: usize, arrived: &[u8], end: &[u8]) -> Option<usize> {
    let rest = arrived.get(from..).unwrap_or_default();
    let at = rest.windows(end.len()).position(|w| w == end)?;
    Some(from + at + end.len())
}

pub const WRONG: [(&str, Answer); 6] = [
    // From the start every time.
    (AGAIN, |_, arrived| find(0, arrived, b"\r\n\r\n")),
    // From where it stopped, not a byte before.
    (SPLIT, |searched, arrived| {
        let from = std::mem::replace(searched, arrived.len());
        find(from, arrived, b"\r\n\r\n")
    }),
    // Any two line ends.
    (BARE, |searched, arrived| {
        let from = searched.saturating_sub(3);
        *searched = arrived.len();
        let crlf = find(from, arrived, b"\r\n\r\n");
        crlf.or(find(from, arrived, b"\n\n"))
    }),
    // The end is not counted.
    (WHOLE, |searched, arrived| {
        let from = searched.saturating_sub(3);
        *searched = arrived.len();
        find(from, arrived, b"\r\n\r\n").map(|length| length - 4)
    }),
    // From the start, though it says how far it was.
    (AGAIN, |searched, arrived| {
        *searched = arrived.len();
        find(0, arrived, b"\r\n\r\n")
    }),
    // Text.
    (BYTES, |searched, arrived| {
        let from = searched.saturating_sub(3);
        *searched = arrived.len();
        let text = str::from_utf8(arrived.get(from..)?).ok()?;
        text.find("\r\n\r\n").map(|at| from + at + 4)
    }),
];
