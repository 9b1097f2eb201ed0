//! The check of exercise 5.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "A line for each request";

pub const HINT: &str = "Cut at the first quote, then go through the \
    characters behind it one by one: `chars()` gives an iterator that \
    can skip one, and `as_str` tells what it has left.";

type Answer = fn(&str) -> Option<(u16, u64)>;

const NUMBERS: &str = "Behind the closing quote are the status and \
    the bytes, as two numbers.";
const SPACES: &str = "A request line has as many spaces as its sender \
    likes: words cannot be counted from the left.";
const QUOTE: &str = "A quote inside of the request does not end it. \
    Whoever believes it does can be told any status by a visitor.";
const BACKSLASH: &str = "A backslash that is itself escaped escapes \
    nothing: the quote behind the two ends the request.";
const DASH: &str = "`-` for the bytes means that there were none.";
const MORE: &str = "What other servers put behind the numbers may have \
    numbers in it, too.";
const CUT: &str = "A line may end early, if the disk was full. Without \
    the closing quote, or with a number missing, there is no answer.";
const SPACE: &str = "Each of the two numbers has one space before it. \
    Where more is between them, or less, it is another line.";
const FIT: &str = "A number that no `u16` holds is no status. Cut to \
    what fits, it would be another.";
const DIGITS: &str = "A number has digits, and nothing else: `parse` \
    takes a `+` as well.";

pub fn check(status_and_bytes: Answer) -> Verdict {
    for (rest, expected, hint) in [
        (r#""GET / HTTP/1.1" 200 38"#, Some((200, 38)), NUMBERS),
        (r#""GET / HTTP/1.1" 304 0"#, Some((304, 0)), NUMBERS),
        (
            r#""GET /film HTTP/1.1" 200 5000000000"#,
            Some((200, 5_000_000_000)),
            NUMBERS,
        ),
        (r#""" 400 16"#, Some((400, 16)), SPACES),
        (r#""GET / a b HTTP/1.1" 400 16"#, Some((400, 16)), SPACES),
        (r#""GET /\" 200 38 HTTP/1.1" 400 16"#, Some((400, 16)), QUOTE),
        (r#""\"\"" 400 16"#, Some((400, 16)), QUOTE),
        (r#""GET /\\" 400 16"#, Some((400, 16)), BACKSLASH),
        (r#""GET /\\\" 200 38" 400 16"#, Some((400, 16)), BACKSLASH),
        (r#""GET /\n HTTP/1.1" 400 16"#, Some((400, 16)), BACKSLASH),
        (r#""GET / HTTP/1.1" 304 -"#, Some((304, 0)), DASH),
        (
            r#""GET / HTTP/1.1" 200 38 "http://a.example/" "b 1 2""#,
            Some((200, 38)),
            MORE,
        ),
        (r#""GET / HTTP/1.1" 200 38 0.05 7"#, Some((200, 38)), MORE),
        (r#""GET / HTTP/1.1" 200"#, None, CUT),
        (r#""GET / HTTP/1.1" "#, None, CUT),
        (r#""GET / HTTP/1.1""#, None, CUT),
        (r#""GET /\" 200 38"#, None, CUT),
        (r#""GET / 200 38"#, None, CUT),
        (r#""GET /\"#, None, CUT),
        ("", None, CUT),
        (r#""GET / HTTP/1.1" - 38"#, None, NUMBERS),
        (r#""GET / HTTP/1.1" 200 a"#, None, NUMBERS),
        (r#""GET / HTTP/1.1" 65736 38"#, None, FIT),
        ("200 38", None, CUT),
        (r#""GET / HTTP/1.1"  200 38"#, None, SPACE),
        (r#""GET / HTTP/1.1" 200  38"#, None, SPACE),
        ("\"GET / HTTP/1.1\" 200\t38", None, SPACE),
        (r#""GET / HTTP/1.1"200 38"#, None, SPACE),
        (r#""GET / HTTP/1.1" +200 38"#, None, DIGITS),
        (r#""GET / HTTP/1.1" 200 +38"#, None, DIGITS),
    ] {
        let before = "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000]";
        let line = format!("{before} {rest}");
        let answer = || status_and_bytes(&line);
        expect(format!("… {rest}"), answer, expected, hint)?;
    }
    Ok(())
}

/// What is behind the quote that closes the request.
fn behind(line: &str) -> Option<&str> {
    let mut chars = line.split_once('"')?.1.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(chars.as_str()),
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    None
}

fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    let is_number = word.bytes().all(|b| b.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}

/// The numbers that two words are.
fn numbers<'a>(
    mut words: impl Iterator<Item = &'a str>,
) -> Option<(u16, u64)> {
    let status = words.next()?.parse().ok()?;
    let bytes = words.next()?.replace('-', "0").parse().ok()?;
    Some((status, bytes))
}

pub const WRONG: [(&str, Answer); 6] = [
    // The ninth word and the tenth.
    (SPACES, |line| numbers(line.split(' ').skip(8))),
    // The last two.
    (MORE, |line| {
        let (rest, bytes) = line.rsplit_once(' ')?;
        let (_, status) = rest.rsplit_once(' ')?;
        numbers([status, bytes].into_iter())
    }),
    // Between two quotes, whatever is before them.
    (QUOTE, |line| {
        let rest = line.split('"').nth(2)?;
        numbers(rest.strip_prefix(' ')?.split(' '))
    }),
    // A quote with something else than a backslash before it.
    (BACKSLASH, |line| {
        let (_, rest) = line.split_once('"')?;
        let rest = rest.replace("\\\"", "");
        let (_, rest) = rest.split_once('"')?;
        numbers(rest.strip_prefix(' ')?.split(' '))
    }),
    // Words, whatever is between them.
    (SPACE, |line| {
        let mut words = behind(line)?.split_whitespace();
        let status = number(words.next()?)?;
        let bytes = match words.next()? {
            "-" => 0,
            bytes => number(bytes)?,
        };
        Some((status, bytes))
    }),
    // All that `parse` takes.
    (DIGITS, |line| {
        let mut words = behind(line)?.strip_prefix(' ')?.split(' ');
        let status = words.next()?.parse().ok()?;
        let bytes = match words.next()? {
            "-" => 0,
            bytes => bytes.parse().ok()?,
        };
        Some((status, bytes))
    }),
];
