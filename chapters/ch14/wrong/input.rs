//! The check of exercise 14.5, and answers that it must reject or take.

use crate::exercise::{Bytes, RIGHT, Verdict, expect};
use std::io::ErrorKind::{
    self, ConnectionReset, Interrupted, TimedOut,
};
use std::io::{self, BufRead, Read};

pub const READ: &str = "One at a time";

pub const HINT: &str = "`take` makes a reader with a limit, of which \
    `read_to_end` and `read_until` are methods as well: they wait for \
    parts, go on when they are interrupted, and make room for what \
    comes. An `i64` that is not negative is a `u64` by `try_into`. \
    `readlines` is a loop of its own, with a sum.";

type Answer =
    fn(&mut dyn BufRead, &str, Option<i64>) -> io::Result<Vec<Vec<u8>>>;

const ALL: &str = "`None` means that there is no limit, and so does \
    each number below 0, not -1 alone.";
const SIZE: &str = "As many bytes as the size says, in one piece.";
const REST: &str = "What was not asked for has to be there for the \
    next call.";
const ZERO: &str = "0 bytes are asked for: an empty string of bytes, \
    which there is without a look at the input.";
const SHORT: &str = "The input may end before that. Then what there is \
    is the answer.";
const END: &str = "At the end of the input, `read` and `readline` give \
    a string of bytes, which is empty. Python takes it for the end.";
const NO_LINES: &str = "At the end of the input there are no lines, so \
    the list is empty.";
const PARTS: &str = "It comes in parts, as clients send it. Where they \
    end means nothing: read on until there is enough.";
const LINE: &str = "A line ends with `\\n`, which belongs to it. \
    Nothing else is done to it.";
const CARRIAGE: &str = "A `\\r` is a byte like others: it ends no \
    line, and stays.";
const LAST: &str = "The last line need not have a `\\n`, and then it \
    gets none.";
const CUT: &str = "With a size, a line is cut after so many bytes, \
    even if its `\\n` is the next.";
const WITHIN: &str = "A size that is more than the line has changes \
    nothing: it ends with its `\\n`.";
const EACH: &str = "Each line is one of its own, an empty one, too, \
    and all keep their `\\n`.";
const NO_HINT: &str = "To `readlines`, 0 and less mean that there is \
    no limit: all lines.";
const WHOLE: &str = "The size cuts none of the lines. The one that \
    reaches it is given whole, and is the last.";
const SUM: &str = "The size is a number of bytes, of all lines that \
    were read together.";
const ENOUGH: &str = "All lines so far have as many bytes as the size \
    says, with each `\\n`. That is enough.";
const WAIT: &str = "All that was asked for is there. To ask the input \
    for more means to wait for a client that has nothing to send.";
const TEXT: &str = "The input is bytes, which need not be UTF-8.";
const FAILS: &str = "An error of the input is the answer's error, as \
    it is: half of a body must not look like all of it.";
const AGAIN: &str = "`Interrupted` says that a signal has come. \
    Nothing is lost, so read on.";
const ROOM: &str = "So many bytes may never come, and whoever sends a \
    head decides how many are announced. Let a vector grow with what \
    comes.";
const LARGE: &str = "A size may be any number that there is.";

type Part = Result<&'static [u8], ErrorKind>;

/// A client, which sends this, or has an error.
struct Client {
    parts: &'static [Part],
    /// Of the one that is being read.
    rest: &'static [u8],
}

impl BufRead for Client {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.rest.is_empty()
            && let Some(part) = self.parts.split_off_first()
        {
            self.rest = (*part)?;
        }
        Ok(self.rest)
    }

    fn consume(&mut self, amount: usize) {
        self.rest = &self.rest[amount..];
    }
}

impl Read for Client {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

/// A method, its size, what it reads, what it gives, and the hint.
type Case = (
    &'static str,
    Option<i64>,
    &'static [Part],
    Result<&'static [&'static [u8]], ErrorKind>,
    &'static str,
);

const LINES: &[Part] = &[Ok(b"one\ntwo\r\nthree")];
const LETTERS: &[Part] = &[Ok(b"o"), Ok(b"ne"), Ok(b"\nt"), Ok(b"wo")];
const LATIN: &[Part] = &[Ok(b"caf\xe9\n\xff\0")];
const SIGNAL: &[Part] = &[Ok(b"on"), Err(Interrupted), Ok(b"e\n")];
const BROKEN: &[Part] = &[Ok(b"one\nt"), Err(TimedOut), Ok(b"wo")];
const GONE: &[Part] = &[Ok(b"on"), Err(ConnectionReset)];

const READS: [Case; 19] = [
    ("read", None, LINES, Ok(&[b"one\ntwo\r\nthree"]), ALL),
    ("read", Some(5), LINES, Ok(&[b"one\nt"]), SIZE),
    ("read", Some(14), LINES, Ok(&[b"one\ntwo\r\nthree"]), SIZE),
    ("read", Some(-1), LINES, Ok(&[b"one\ntwo\r\nthree"]), ALL),
    ("read", Some(-2), LINES, Ok(&[b"one\ntwo\r\nthree"]), ALL),
    ("read", Some(i64::MIN), LINES, Ok(&[b"one\ntwo\r\nthree"]), ALL),
    ("read", Some(0), LINES, Ok(&[b""]), ZERO),
    ("read", Some(0), &[Err(TimedOut)], Ok(&[b""]), ZERO),
    ("read", Some(99), LINES, Ok(&[b"one\ntwo\r\nthree"]), SHORT),
    ("read", None, &[], Ok(&[b""]), END),
    ("read", Some(3), &[], Ok(&[b""]), END),
    ("read", Some(5), LETTERS, Ok(&[b"one\nt"]), PARTS),
    ("read", None, LETTERS, Ok(&[b"one\ntwo"]), PARTS),
    ("read", Some(5), BROKEN, Ok(&[b"one\nt"]), WAIT),
    ("read", Some(6), LATIN, Ok(&[b"caf\xe9\n\xff"]), TEXT),
    ("read", None, SIGNAL, Ok(&[b"one\n"]), AGAIN),
    ("read", Some(3), SIGNAL, Ok(&[b"one"]), AGAIN),
    ("read", None, BROKEN, Err(TimedOut), FAILS),
    ("read", Some(3), GONE, Err(ConnectionReset), FAILS),
];

const LINE_BY_LINE: [Case; 21] = [
    ("readline", None, LINES, Ok(&[b"one\n"]), LINE),
    ("readline", Some(-1), LINES, Ok(&[b"one\n"]), ALL),
    ("readline", Some(-9), LINES, Ok(&[b"one\n"]), ALL),
    ("readline", Some(2), LINES, Ok(&[b"on"]), CUT),
    ("readline", Some(3), LINES, Ok(&[b"one"]), CUT),
    ("readline", Some(4), LINES, Ok(&[b"one\n"]), WITHIN),
    ("readline", Some(9), LINES, Ok(&[b"one\n"]), WITHIN),
    ("readline", Some(0), LINES, Ok(&[b""]), ZERO),
    ("readline", Some(0), &[Err(TimedOut)], Ok(&[b""]), ZERO),
    ("readline", None, &[Ok(b"a\r\nb")], Ok(&[b"a\r\n"]), CARRIAGE),
    ("readline", None, &[Ok(b"a\rb\nc")], Ok(&[b"a\rb\n"]), CARRIAGE),
    ("readline", None, &[Ok(b"\nb")], Ok(&[b"\n"]), LINE),
    ("readline", None, &[Ok(b"three")], Ok(&[b"three"]), LAST),
    ("readline", None, &[], Ok(&[b""]), END),
    ("readline", None, LETTERS, Ok(&[b"one\n"]), PARTS),
    ("readline", Some(3), LETTERS, Ok(&[b"one"]), PARTS),
    ("readline", None, BROKEN, Ok(&[b"one\n"]), WAIT),
    ("readline", Some(2), GONE, Ok(&[b"on"]), WAIT),
    ("readline", None, LATIN, Ok(&[b"caf\xe9\n"]), TEXT),
    ("readline", None, SIGNAL, Ok(&[b"one\n"]), AGAIN),
    ("readline", None, GONE, Err(ConnectionReset), FAILS),
];

const ALL_LINES: &[&[u8]] = &[b"one\n", b"two\r\n", b"three"];

const ALL_AT_ONCE: [Case; 19] = [
    ("readlines", None, LINES, Ok(ALL_LINES), EACH),
    ("readlines", None, &[Ok(b"a\n")], Ok(&[b"a\n"]), EACH),
    (
        "readlines",
        None,
        &[Ok(b"a\n\n\rb\n")],
        Ok(&[b"a\n", b"\n", b"\rb\n"]),
        EACH,
    ),
    ("readlines", None, &[], Ok(&[]), NO_LINES),
    ("readlines", Some(9), &[], Ok(&[]), NO_LINES),
    ("readlines", Some(0), LINES, Ok(ALL_LINES), NO_HINT),
    ("readlines", Some(-1), LINES, Ok(ALL_LINES), NO_HINT),
    ("readlines", Some(-2), LINES, Ok(ALL_LINES), NO_HINT),
    ("readlines", Some(1), LINES, Ok(&[b"one\n"]), WHOLE),
    ("readlines", Some(5), LINES, Ok(&[b"one\n", b"two\r\n"]), SUM),
    ("readlines", Some(6), LINES, Ok(&[b"one\n", b"two\r\n"]), SUM),
    ("readlines", Some(4), LINES, Ok(&[b"one\n"]), ENOUGH),
    ("readlines", Some(9), LINES, Ok(&[b"one\n", b"two\r\n"]), ENOUGH),
    ("readlines", Some(10), LINES, Ok(ALL_LINES), SUM),
    ("readlines", None, LETTERS, Ok(&[b"one\n", b"two"]), PARTS),
    ("readlines", Some(3), BROKEN, Ok(&[b"one\n"]), WAIT),
    ("readlines", None, LATIN, Ok(&[b"caf\xe9\n", b"\xff\0"]), TEXT),
    ("readlines", None, SIGNAL, Ok(&[b"one\n"]), AGAIN),
    ("readlines", None, BROKEN, Err(TimedOut), FAILS),
];

/// After those that ask for room: nobody has as much as this.
const LARGEST: [Case; 3] = [
    ("read", Some(i64::MAX), LETTERS, Ok(&[b"one\ntwo"]), LARGE),
    ("readline", Some(i64::MAX), LETTERS, Ok(&[b"one\n"]), LARGE),
    ("readlines", Some(i64::MAX), LINES, Ok(ALL_LINES), LARGE),
];

fn ask(input: Answer, case: Case) -> Verdict {
    let (method, size, parts, gives, hint) = case;
    let mut client = Client { parts, rest: b"" };
    let size_text = size.map_or("None".into(), |s| s.to_string());
    let each = parts.iter().map(|part| match part {
        Ok(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Err(kind) => format!("{kind:?}"),
    });
    let each: Vec<_> = each.collect();
    let sent = format!("{method}({size_text}) of {}", each.join(", "));
    let given = |all: Vec<Vec<u8>>| {
        all.into_iter().map(Bytes).collect::<Vec<_>>()
    };
    let answer = || {
        let found = input(&mut client, method, size);
        found.map(given).map_err(|error| error.kind())
    };
    let expected = gives.map(|all| {
        given(all.iter().map(|bytes| bytes.to_vec()).collect())
    });
    expect(&sent, answer, expected, hint)?;
    let Ok(gives) = gives else { return Ok(()) };
    let bytes = |parts: &[Part]| -> Vec<u8> {
        parts.iter().flatten().copied().flatten().copied().collect()
    };
    let taken: usize = gives.iter().map(|bytes| bytes.len()).sum();
    let left = [client.rest, &bytes(client.parts)].concat();
    expect(
        format!("{sent}: what is left of it"),
        || Bytes(left),
        Bytes(bytes(parts)[taken..].into()),
        REST,
    )
}

pub fn check(input: Answer) -> Verdict {
    let cases = READS.into_iter().chain(LINE_BY_LINE);
    for case in cases.chain(ALL_AT_ONCE) {
        ask(input, case)?;
    }
    for method in ["read", "readline"] {
        let mut client = Client { parts: LETTERS, rest: b"" };
        let size = 1 << 24;
        let answer = || {
            let found = input(&mut client, method, Some(size));
            match room(&found.unwrap_or_default()) {
                0..0x100000 => "for what has come".into(),
                room => format!("for {room} bytes"),
            }
        };
        expect(
            format!("{method}({size}) of 7 bytes: room is made"),
            answer,
            String::from("for what has come"),
            ROOM,
        )?;
    }
    LARGEST.into_iter().try_for_each(|case| ask(input, case))
}

/// For how many bytes there is room.
fn room(all: &[Vec<u8>]) -> usize {
    all.iter().map(Vec::capacity).sum()
}

/// As many as Python means.
fn limit(size: Option<i64>) -> u64 {
    size.and_then(|size| size.try_into().ok()).unwrap_or(u64::MAX)
}

/// At most so many bytes of a line.
fn line(input: &mut dyn BufRead, limit: u64) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    input.take(limit).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// Lines, while there is not enough.
fn lines(
    input: &mut dyn BufRead,
    mut is_enough: impl FnMut(&[Vec<u8>]) -> bool,
) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    while !is_enough(&lines) {
        match line(input, u64::MAX)? {
            line if line.is_empty() => break,
            line => lines.push(line),
        }
    }
    Ok(lines)
}

fn total(lines: &[Vec<u8>]) -> u64 {
    lines.iter().map(|line| line.len() as u64).sum()
}

fn right(
    input: &mut dyn BufRead,
    method: &str,
    size: Option<i64>,
) -> io::Result<Vec<Vec<u8>>> {
    match method {
        "read" => {
            let mut bytes = Vec::new();
            input.take(limit(size)).read_to_end(&mut bytes)?;
            Ok(vec![bytes])
        }
        "readline" => Ok(vec![line(input, limit(size))?]),
        _ => {
            let enough = limit(size.filter(|&size| size != 0));
            lines(input, |lines| total(lines) >= enough)
        }
    }
}

pub const WRONG: [(&str, Answer); 37] = [
    // A negative number is a large one.
    (RIGHT, |input, method, size| {
        let size = size.unwrap_or(-1);
        match method == "readlines" && size == 0 {
            true => right(input, method, None),
            false => {
                right(input, method, i64::try_from(size as u64).ok())
            }
        }
    }),
    // By hand, a byte at a time.
    (RIGHT, |input, method, size| {
        let (mut all, mut bytes) = (Vec::new(), Vec::new());
        let size =
            limit(size.filter(|&s| s != 0 || method != "readlines"));
        let mut count = 0;
        while count < size {
            let mut byte = [0];
            match input.read(&mut byte) {
                Err(error) if error.kind() == Interrupted => continue,
                Err(error) => return Err(error),
                Ok(0) => break,
                Ok(_) => bytes.push(byte[0]),
            }
            if method != "readlines" {
                count += 1;
            }
            if byte == *b"\n" && method == "readline" {
                break;
            }
            if byte == *b"\n" && method == "readlines" {
                count += bytes.len() as u64;
                all.push(std::mem::take(&mut bytes));
            }
        }
        if !bytes.is_empty() || method != "readlines" {
            all.push(bytes);
        }
        Ok(all)
    }),
    // Nothing.
    (ALL, |_, _, _| Ok(Vec::new())),
    // Always all of it.
    (SIZE, |input, method, size| match method {
        "read" => right(input, method, None),
        _ => right(input, method, size),
    }),
    // Nothing is less than nothing.
    (ALL, |input, method, size| {
        right(input, method, size.map(|s| s.max(0)))
    }),
    // -1 is a name.
    (ALL, |input, method, size| {
        let size = size.filter(|&size| size != -1);
        right(
            input,
            method,
            size.map(|s| u32::try_from(s).unwrap().into()),
        )
    }),
    // All of it, cut.
    (REST, |input, method, size| {
        let mut all = right(input, method, None)?;
        if let (true, Ok(size)) =
            (method == "read", limit(size).try_into())
        {
            all[0].truncate(size);
        }
        Ok(all)
    }),
    // Another buffer, which takes more.
    (REST, |input, method, size| {
        right(&mut io::BufReader::new(input), method, size)
    }),
    // 0 is no size.
    (ZERO, |input, method, size| {
        right(input, method, size.filter(|&size| size != 0))
    }),
    // A look at the input first.
    (ZERO, |input, method, size| {
        input.fill_buf()?;
        right(input, method, size)
    }),
    // Exactly so many.
    (SHORT, |input, method, size| match (method, size) {
        ("read", Some(size @ 0..100)) => {
            let mut bytes = vec![0; size as usize];
            input.read_exact(&mut bytes)?;
            Ok(vec![bytes])
        }
        _ => right(input, method, size),
    }),
    // No bytes, no string of them.
    (END, |input, method, size| {
        let mut all = right(input, method, size)?;
        all.retain(|bytes| !bytes.is_empty() || size == Some(0));
        Ok(all)
    }),
    // One that is empty.
    (NO_LINES, |input, method, size| {
        let mut all = right(input, method, size)?;
        if all.is_empty() {
            all.push(Vec::new());
        }
        Ok(all)
    }),
    // Once.
    (PARTS, |input, method, size| match (method, size) {
        ("read", None | Some(1..)) => {
            let mut buffer = [0; 64];
            let size = buffer.len().min(limit(size) as usize);
            let length = input.read(&mut buffer[..size])?;
            Ok(vec![buffer[..length].into()])
        }
        _ => right(input, method, size),
    }),
    // A line of what is there.
    (PARTS, |input, method, size| match method {
        "readline" => {
            let size = limit(size);
            let there =
                if size == 0 { b"" } else { input.fill_buf()? };
            let length = there.len() as u64;
            Ok(vec![line(input, size.min(length))?])
        }
        _ => right(input, method, size),
    }),
    // Without its end.
    (LINE, |input, method, size| {
        let mut all = right(input, method, size)?;
        if let ("readline", Some(line)) = (method, all.first_mut())
            && line.ends_with(b"\n")
        {
            line.pop();
        }
        Ok(all)
    }),
    // Lines as in a text.
    (CARRIAGE, |input, method, size| {
        let mut all = right(input, method, size)?;
        if let ("readline", Some(line)) = (method, all.first_mut())
            && line.ends_with(b"\r\n")
        {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        Ok(all)
    }),
    // Each line has an end.
    (LAST, |input, method, size| {
        let mut all = right(input, method, size)?;
        if let ("readline", Some(line)) = (method, all.first_mut())
            && limit(size) > line.len() as u64
            && !line.ends_with(b"\n")
        {
            line.push(b'\n');
        }
        Ok(all)
    }),
    // Lines have no size.
    (CUT, |input, method, size| match (method, size) {
        ("readline", Some(1..)) => right(input, method, None),
        _ => right(input, method, size),
    }),
    // A line, cut.
    (REST, |input, method, size| match (method, size) {
        ("readline", Some(1..)) => {
            let mut line = line(input, u64::MAX)?;
            line.truncate(limit(size) as usize);
            Ok(vec![line])
        }
        _ => right(input, method, size),
    }),
    // So many bytes, of however many lines.
    (WITHIN, |input, method, size| match (method, size) {
        ("readline", Some(1..)) => right(input, "read", size),
        _ => right(input, method, size),
    }),
    // Without their ends.
    (EACH, |input, method, size| match method {
        "readlines" => input.split(b'\n').collect(),
        _ => right(input, method, size),
    }),
    // 0 is enough.
    (NO_HINT, |input, method, size| match method {
        "readlines" => {
            lines(input, |lines| total(lines) >= limit(size))
        }
        _ => right(input, method, size),
    }),
    // The size of all of it.
    (WHOLE, |input, method, size| match (method, size) {
        ("readlines", Some(1..)) => {
            right(&mut input.take(limit(size)), method, None)
        }
        _ => right(input, method, size),
    }),
    // So many lines.
    (SUM, |input, method, size| match (method, size) {
        ("readlines", Some(1..)) => {
            lines(input, |lines| lines.len() as u64 == limit(size))
        }
        _ => right(input, method, size),
    }),
    // One that is as long.
    (SUM, |input, method, size| match (method, size) {
        ("readlines", Some(1..)) => lines(input, |lines| {
            let last = lines.last().map_or(0, Vec::len);
            last as u64 >= limit(size)
        }),
        _ => right(input, method, size),
    }),
    // More than enough.
    (ENOUGH, |input, method, size| match (method, size) {
        ("readlines", Some(1..)) => {
            lines(input, |lines| total(lines) > limit(size))
        }
        _ => right(input, method, size),
    }),
    // Is there more?
    (WAIT, |input, method, size| {
        let all = right(input, method, size)?;
        if size != Some(0) {
            input.fill_buf()?;
        }
        Ok(all)
    }),
    // As text.
    (TEXT, |input, method, size| {
        let all = right(input, method, size)?;
        let text =
            |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
        Ok(all.into_iter().map(|b| text(b).into_bytes()).collect())
    }),
    // Lines of text.
    (TEXT, |input, method, size| match (method, size) {
        ("readline", None) => {
            let mut line = String::new();
            input.read_line(&mut line)?;
            Ok(vec![line.into()])
        }
        _ => right(input, method, size),
    }),
    // What there is.
    (FAILS, |input, method, size| {
        let mut bytes = Vec::new();
        match method {
            "read" => {
                let mut input = input.take(limit(size));
                let _ = input.read_to_end(&mut bytes);
                Ok(vec![bytes])
            }
            _ => right(input, method, size),
        }
    }),
    // The lines before it.
    (FAILS, |input, method, size| match method {
        "readlines" => {
            let mut all = Vec::new();
            let enough = limit(size.filter(|&size| size != 0));
            while total(&all) < enough
                && let Ok(line) = line(input, u64::MAX)
                && !line.is_empty()
            {
                all.push(line);
            }
            Ok(all)
        }
        _ => right(input, method, size),
    }),
    // A panic.
    (FAILS, |input, method, size| {
        Ok(right(input, method, size).unwrap())
    }),
    // Another one.
    (FAILS, |input, method, size| {
        let found = right(input, method, size);
        found.map_err(|_| ErrorKind::InvalidData.into())
    }),
    // Passed on as well.
    (AGAIN, |input, method, size| match method {
        "read" => {
            let mut bytes = Vec::new();
            while (bytes.len() as u64) < limit(size) {
                let there = input.fill_buf()?;
                let left = limit(size) - bytes.len() as u64;
                let length = there.len().min(left as usize);
                if length == 0 {
                    break;
                }
                bytes.extend(&there[..length]);
                input.consume(length);
            }
            Ok(vec![bytes])
        }
        _ => right(input, method, size),
    }),
    // Room for all of it.
    (ROOM, |input, method, size| match (method, size) {
        ("read", Some(size)) if size < 1 << 25 => {
            let mut all = right(input, method, Some(size))?;
            all[0].reserve(size.max(0) as usize);
            Ok(all)
        }
        _ => right(input, method, size),
    }),
    // A number that is usual.
    (LARGE, |input, method, size| {
        let size = size.filter(|&size| size >= 0);
        let size = size.map(|size| i32::try_from(size).unwrap().into());
        right(input, method, size)
    }),
];
