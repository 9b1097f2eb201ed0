//! The check of exercise 3.5, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};
use gateway::{Environ, Failure};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub const READ: &str = "Exactly so many bytes";

pub const HINT: &str = "`mem::replace` takes the old input out of the \
    environ. The chapter's `Bounded` is a model for the reader, and a \
    `BufReader` around yours gives it the methods of `BufRead`. With \
    nothing left, `fill_buf` of the old input shows whether there is \
    more, and takes nothing.";

type Answer = fn(&mut Environ, usize);

const SAME: &str = "A body within the limit is read as before.";
const EXACT: &str = "A body may be as long as the limit, and then it \
    ends like any other.";
const MORE: &str = "More than the limit is an error. If the body were \
    cut there, half a form would pass for a whole one.";
const FIRST: &str = "As much as the limit can be read before the \
    error.";
const TOTAL: &str = "The limit is for the whole body, in however many \
    pieces it is read.";
const KIND: &str = "The error is a `gateway::Failure` inside of an \
    `io::Error`, so that the exchange finds its status.";
const EAGER: &str = "Nothing is read before the application asks for \
    it: a body that nobody reads may be a large one.";
const PASS: &str = "An error of the old input is passed on as it is.";
const AGAIN: &str = "Who reads on after the error gets it again: an \
    end would make a whole body of the part.";

/// What the input comes to, read in pieces of so many bytes: the
/// bytes, and what the client is told if there was an error.
fn read(
    answer: Answer,
    input: impl BufRead + Send + 'static,
    limit: usize,
    piece: usize,
) -> (Bytes, String) {
    let mut environ = Environ::new();
    environ.input = Box::new(input);
    answer(&mut environ, limit);
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; piece]);
    let end = loop {
        match environ.input.read(&mut buffer) {
            Ok(0) => break "the end".into(),
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(error) => break told(error),
        }
    };
    (Bytes(bytes), end)
}

/// The status that the error asks for.
fn told(error: io::Error) -> String {
    let error = error.into();
    match Failure::find(&error) {
        Some(failure) => failure.status.clone(),
        None => format!("an error without a status: {error}"),
    }
}

/// Input that counts how often it is asked.
struct Asked(Arc<AtomicUsize>);

impl Read for Asked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Cursor::new(b"cafe").read(buffer)
    }
}

/// How often the old input has been asked before anybody reads.
fn asked(answer: Answer) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let source = Asked(Arc::clone(&count)).take(1000);
    let mut environ = Environ::new();
    environ.input = Box::new(BufReader::new(source));
    answer(&mut environ, 3);
    count.load(Ordering::Relaxed)
}

/// Input that breaks off.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(Failure::bad_request("ends early").into())
    }
}

pub fn check(limit_input: Answer) -> Verdict {
    let case = |body: &'static str, limit, piece, new, hint| {
        let sent = format!(
            "{body:?}, limit {limit}, read in pieces of {piece}"
        );
        let answer =
            || read(limit_input, Cursor::new(body), limit, piece);
        let (bytes, end): (&str, &str) = new;
        let expected = (Bytes(bytes.into()), end.to_string());
        expect(sent, answer, expected, hint)
    };
    let end = "the end";
    let large = "413 Content Too Large";
    case("cafe", 100, 100, ("cafe", end), SAME)?;
    case("", 100, 100, ("", end), SAME)?;
    case("cafe", usize::MAX, 100, ("cafe", end), SAME)?;
    case("cafe", usize::MAX / 2 + 1, 100, ("cafe", end), SAME)?;
    case("\u{e9}", 2, 100, ("\u{e9}", end), EXACT)?;
    expect(
        "a body that nobody reads",
        || asked(limit_input),
        0,
        EAGER,
    )?;
    case("cafe", 4, 100, ("cafe", end), EXACT)?;
    case("cafe", 4, 4, ("cafe", end), EXACT)?;
    case("", 0, 100, ("", end), EXACT)?;
    let over = |hint| {
        case("cafe", 3, 100, ("caf", large), hint).map_err(|c| {
            c.hint_if("without a status", KIND)
                .hint_if("(b\"\", \"413", FIRST)
        })
    };
    over(MORE)?;
    case("cafe", 0, 100, ("", large), MORE)?;
    case("cafe", 3, 1, ("caf", large), TOTAL)?;
    case("cafe cafe", 5, 2, ("cafe ", large), TOTAL)?;
    let lines = || {
        let mut environ = Environ::new();
        environ.input = Box::new(Cursor::new("one\ntwo\nthree\n"));
        limit_input(&mut environ, 8);
        let line = |line: io::Result<String>| line.unwrap_or_else(told);
        environ.input.lines().take(3).map(line).collect::<Vec<_>>()
    };
    let sent = "\"one\\ntwo\\nthree\\n\", limit 8, read line by line";
    expect(
        sent,
        lines,
        ["one", "two", large].map(String::from).into(),
        TOTAL,
    )?;
    let again = || {
        let mut environ = Environ::new();
        environ.input = Box::new(Cursor::new("cafe"));
        limit_input(&mut environ, 3);
        let mut all = || environ.input.read_to_end(&mut Vec::new());
        [all(), all()].map(|read| read.map_err(told))
    };
    let sent = "\"cafe\", limit 3, read to the end twice";
    let both = [large, large].map(|told| Err(told.to_string()));
    expect(sent, again, both, AGAIN)?;
    let broken = || read(limit_input, BufReader::new(Broken), 3, 100);
    let expected = (Bytes(Vec::new()), "400 Bad Request".to_string());
    let sent = "input that fails with 400 Bad Request, limit 3";
    expect(sent, broken, expected, PASS)
}

fn replace(
    environ: &mut Environ,
    new: impl FnOnce(Box<dyn BufRead + Send>) -> Box<dyn BufRead + Send>,
) {
    let empty = Box::new(io::empty());
    environ.input = new(mem::replace(&mut environ.input, empty));
}

/// Fails with this error when there is more than `left`, or, being
/// strict, when there is as much.
struct Counting {
    source: Box<dyn BufRead + Send>,
    left: usize,
    is_strict: bool,
    error: fn() -> io::Error,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.left);
        let read = self.source.read(&mut buffer[..wanted])?;
        self.left -= read;
        let is_over = self.left == 0
            && (self.is_strict
                || read == 0 && !self.source.fill_buf()?.is_empty());
        if is_over { Err((self.error)()) } else { Ok(read) }
    }
}

/// Lets go of its source at the first error.
struct Once(Option<Box<dyn BufRead + Send>>);

impl Read for Once {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.as_mut().map_or(Ok(0), |s| s.read(buffer));
        self.0.take_if(|_| read.is_err());
        read
    }
}

/// A reader in the place of the old one, as [`Counting`] is.
fn count(
    environ: &mut Environ,
    left: usize,
    is_strict: bool,
    error: fn() -> io::Error,
) {
    replace(environ, |source| {
        let counting = Counting { source, left, is_strict, error };
        Box::new(BufReader::new(counting))
    });
}

fn too_large() -> io::Error {
    let status = "413 Content Too Large";
    Failure::new(status, "too large").into()
}

pub const WRONG: [(&str, Answer); 7] = [
    // Cut without a word.
    (MORE, |environ, limit| {
        replace(environ, |source| Box::new(source.take(limit as u64)));
    }),
    // Refused already with the last byte that is allowed.
    (EXACT, |environ, limit| count(environ, limit, true, too_large)),
    // An error with the right words, and the wrong type.
    (KIND, |environ, limit| {
        let error = || io::Error::other("413 Content Too Large");
        count(environ, limit, false, error);
    }),
    // All of it read, to see how much it is.
    (EAGER, |environ, limit| {
        replace(environ, |mut source| {
            let mut bytes = Vec::new();
            let all = source.read_to_end(&mut bytes);
            all.expect("a body that is whole");
            Box::new(Cursor::new(bytes))
        });
        count(environ, limit, false, too_large);
    }),
    // A byte more than the limit, of which there may be none.
    (SAME, |environ, limit| {
        replace(environ, |source| {
            let source = source.take((limit + 1) as u64);
            Box::new(BufReader::new(source))
        });
        count(environ, limit, false, too_large);
    }),
    // Smaller numbers will do.
    (SAME, |environ, limit| {
        count(environ, limit as u32 as usize, false, too_large);
    }),
    // The error once, and then the end.
    (AGAIN, |environ, limit| {
        count(environ, limit, false, too_large);
        replace(environ, |source| {
            Box::new(BufReader::new(Once(Some(source))))
        });
    }),
];
