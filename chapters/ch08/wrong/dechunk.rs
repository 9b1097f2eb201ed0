//! The check of exercise 8.5, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};

pub const READ: &str = "Chunks, undone";

pub const HINT: &str = "Write two helpers: one that takes a line off \
    the front, if all of it is there, and one that reads a size out of \
    a line. `split_at_checked` takes a chunk's bytes, if they are \
    there. Wherever something is not there yet, the answer is \
    `Ok(None)`.";

type Answer =
    fn(&[u8], usize) -> Result<Option<(Vec<u8>, usize)>, &str>;

const BODY: &str = "The body is what the chunks hold, one behind the \
    other.";
const SIXTEEN: &str = "A size is in base sixteen: `A` is ten.";
const PASSED: &str = "An extension stands behind a `;`, and is passed \
    over.";
const BLANKS: &str = "As in exercise 8.1, blanks and tabs may stand \
    behind a size.";
const TRAILERS: &str = "Behind the chunk of size zero come trailers, a \
    line each, and then the empty line.";
const MOST: &str = "As many bytes as the limit are a body.";
const END: &str = "The body ends with the empty line behind the last \
    chunk; what follows is another request's.";
const NOT_YET: &str = "As long as the end has not come, the answer is \
    not an error and not half a body: more may come.";
const LINES: &str = "A line, and a chunk, ends with `\\r\\n`.";
const SIZE: &str = "A size is hexadecimal digits, at least one, and \
    only blanks and tabs stand between them and the `;`.";
const LONGER: &str = "Behind so many bytes a line end must stand.";
const LIMIT: &str = "The limit is for all chunks together, and holds \
    as soon as a size goes beyond it.";

const WHOLE: &[u8] = b"5\r\nHello\r\n00A;x=\"y\"\r\n0123456789\r\n\
    0\r\nTrailer: x\r\n\r\n";
const HELLO: &[u8] = b"Hello0123456789";

pub fn check(dechunk: Answer) -> Verdict {
    let call = |bytes: &[u8]| {
        let undone = dechunk(bytes, 15);
        undone
            .map(|some| some.map(|(body, n)| (Bytes(body), n)))
            .map_err(|_| "an error")
    };
    let shown = |bytes: &[u8]| format!("b\"{}\"", bytes.escape_ascii());
    let good = |bytes: &[u8], body: &[u8], length, hint| {
        let expected = Ok(Some((Bytes(body.to_vec()), length)));
        expect(shown(bytes), || call(bytes), expected, hint)
    };
    let ten = &HELLO[5..];
    good(b"2\r\nHi\r\n0\r\n\r\nGET", b"Hi", 12, END)?;
    good(b"0\r\n\r\n", b"", 5, BODY)?;
    good(b"00A\r\n0123456789\r\n0\r\n\r\n", ten, 22, SIXTEEN)?;
    good(b"2;x=\"y\"\r\nHi\r\n0;z\r\n\r\n", b"Hi", 20, PASSED)?;
    good(b"2 \t;x\r\nHi\r\n0\t\r\n\r\n", b"Hi", 17, BLANKS)?;
    good(b"0\r\nTrailer: x\r\nA: b\r\n\r\n", b"", 23, TRAILERS)?;
    let full = b"F\r\nHello0123456789\r\n0\r\n\r\n";
    good(full, HELLO, full.len(), MOST)?;
    good(WHOLE, HELLO, WHOLE.len(), BODY)?;
    good(b"3\r\na\r\n\r\n0\r\n\r\n", b"a\r\n", 13, BODY)?;
    let more = [WHOLE, b"\r\n0\r\n\r\n"].concat();
    good(&more, HELLO, WHOLE.len(), END)?;
    for length in 0..WHOLE.len() {
        let cut = &WHOLE[..length];
        expect(shown(cut), || call(cut), Ok(None), NOT_YET)?;
    }
    let bad: [(&[u8], &'static str); 16] = [
        (b"5\nHello\r\n0\r\n\r\n", LINES),
        (b"5\r\nHello\n0\r\n\r\n", LINES),
        (b"0\r\nX: y\n\r\n", LINES),
        (b"0\r\n\n", LINES),
        (b"5\r\nHello!\r\n0\r\n\r\n", LONGER),
        (b"5\r\nHello0\r\n\r\n", LONGER),
        (b"5\r\nHello!!0\r\n\r\n", LONGER),
        (b"\r\nHello\r\n0\r\n\r\n", SIZE),
        (b"+5\r\nHello\r\n0\r\n\r\n", SIZE),
        (b"0x5\r\nHello\r\n0\r\n\r\n", SIZE),
        (b"5 5\r\nHello\r\n0\r\n\r\n", SIZE),
        (b"10000000000000000\r\n", SIZE),
        (b"10\r\n", LIMIT),
        (b"5\r\nHello\r\nB\r\n", LIMIT),
        (b"ffffffffffffffff\r\n", LIMIT),
        (b"5\r\nHello\r\nffffffffffffffff\r\n", LIMIT),
    ];
    for (bytes, hint) in bad {
        expect(shown(bytes), || call(bytes), Err("an error"), hint)?;
    }
    Ok(())
}

/// Right, but for what the flags say.
fn undo(
    bytes: &[u8],
    limit: usize,
    is_trailer: bool,
    any_size: bool,
    any_end: bool,
) -> Result<Option<(Vec<u8>, usize)>, &'static str> {
    let (mut body, mut at) = (Vec::new(), 0);
    let line = |at: usize| {
        let rest = &bytes[at..];
        let end = rest.iter().position(|&b| b == b'\n');
        end.map(|end| (&rest[..end], at + end + 1))
    };
    loop {
        let Some((text, next)) = line(at) else { return Ok(None) };
        let text = text.strip_suffix(b"\r").ok_or("no CR")?;
        let text = String::from_utf8_lossy(text).into_owned();
        let digits = text.split(';').next().unwrap_or_default();
        let digits = digits.trim_end_matches([' ', '\t']);
        let ok = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let size = usize::from_str_radix(digits, 16).ok();
        let size = size.filter(|_| ok || any_size).ok_or("no size")?;
        at = next;
        if size == 0 {
            break;
        }
        if size > limit - body.len() {
            return Err("too long");
        }
        let Some(data) = bytes[at..].get(..size) else {
            return Ok(None);
        };
        body.extend_from_slice(data);
        let end = &bytes[at + size..];
        if end.len() < 2 && b"\r\n".starts_with(end) {
            return Ok(None);
        }
        if !any_end && !end.starts_with(b"\r\n") {
            return Err("no line end");
        }
        at = (at + size + 2).min(bytes.len());
    }
    loop {
        let Some((text, next)) = line(at) else { return Ok(None) };
        let text = text.strip_suffix(b"\r").ok_or("no CR")?;
        at = next;
        if text.is_empty() || !is_trailer {
            return Ok(Some((body, at)));
        }
    }
}

pub const WRONG: [(&str, Answer); 5] = [
    // No blanks.
    (BLANKS, |bytes, limit| match bytes.contains(&b'\t') {
        true => Err("no size"),
        false => undo(bytes, limit, true, false, false),
    }),
    // No trailers.
    (TRAILERS, |bytes, limit| undo(bytes, limit, false, false, false)),
    // A sign before the size.
    (SIZE, |bytes, limit| undo(bytes, limit, true, true, false)),
    // Two bytes skipped, whatever they are.
    (LONGER, |bytes, limit| undo(bytes, limit, true, false, true)),
    // What is there by now taken for all.
    (NOT_YET, |bytes, limit| {
        let undone = undo(bytes, limit, true, false, false)?;
        Ok(undone.or(Some((Vec::new(), 0))))
    }),
];
