//! Forms with files, beyond what one body says: limits, errors, memory.

use super::blocks::Blocks;
use super::{environ, status};
use gateway::{Environ, Failure, Parts};
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const KIND: &str = "multipart/form-data; boundary=X";

/// The most that a part's head may have, in bytes.
const HEAD_LIMIT: usize = 16 << 10;

fn posted(body: impl BufRead + Send + 'static) -> Environ {
    let mut environ = environ(&[("CONTENT_TYPE", KIND)]);
    environ.input = Box::new(body);
    environ
}

fn parts(body: &[u8], size: usize) -> Parts {
    posted(Blocks::new(body, size)).parts(1 << 20).unwrap()
}

/// The delimiter and head of a part.
fn head(name: &str) -> String {
    format!(
        "--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"
    )
}

/// All contents, or the first error.
fn contents(parts: &mut Parts) -> gateway::Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    while let Some(mut part) = parts.next_part()? {
        let mut content = Vec::new();
        part.by_ref().take(1 << 20).read_to_end(&mut content)?;
        all.push(content);
    }
    Ok(all)
}

/// What failed before fails again, whatever is asked.
#[track_caller]
fn assert_fails_again(parts: &mut Parts, status: &str) {
    for _ in 0..3 {
        let error = parts.next_part().expect_err("it failed");
        assert_eq!(super::status(error), status);
    }
}

#[test]
fn a_part_that_is_not_read_is_skipped() {
    let long = "x\r\n".repeat(1 << 16);
    let body =
        format!("{}{long}\r\n{}2\r\n--X--", head("a"), head("b"));
    let mut parts = parts(body.as_bytes(), 8192);
    let mut first = parts.next_part().unwrap().unwrap();
    first.read_exact(&mut [0; 10]).unwrap();
    let second = parts.next_part().unwrap().unwrap();
    assert_eq!(second.name, "b");
    assert!(parts.next_part().unwrap().is_none());
    assert!(parts.next_part().unwrap().is_none());
}

#[test]
fn a_part_that_was_read_has_no_more() {
    let body = format!("{}1\r\n{}2\r\n--X--", head("a"), head("b"));
    let mut parts = parts(body.as_bytes(), 8192);
    let mut part = parts.next_part().unwrap().unwrap();
    assert_eq!(part.read(&mut [0; 9]).unwrap(), 1);
    for _ in 0..3 {
        assert_eq!(part.read(&mut [0; 9]).unwrap(), 0);
    }
}

#[test]
fn a_body_that_is_cut_is_no_whole_form() {
    let whole = format!("{}1\r\n{}2\r\n--X--", head("a"), head("b"));
    for end in 0..whole.len() {
        let body = &whole.as_bytes()[..end];
        let mut parts = parts(body, 8192);
        let error = contents(&mut parts).unwrap_err();
        assert_eq!(status(error), "400 Bad Request", "{end}");
        assert_fails_again(&mut parts, "400 Bad Request");
    }
    assert!(contents(&mut parts(whole.as_bytes(), 8192)).is_ok());
}

#[test]
fn what_follows_the_last_delimiter_is_not_read() {
    let (body, read) =
        Endless::new(&format!("{}--X--", head("a")), "\r\n");
    let mut parts = posted(BufReader::new(body)).parts(1000).unwrap();
    assert_eq!(contents(&mut parts).unwrap(), [b""]);
    assert!(parts.next_part().unwrap().is_none());
    assert!(read.load(Ordering::Relaxed) < HELD);
}

#[test]
fn the_environ_has_no_input_afterwards() {
    let mut environ = posted(&b"--X--"[..]);
    let mut parts = environ.parts(9).unwrap();
    assert_eq!(environ.input.fill_buf().unwrap(), b"");
    assert!(parts.next_part().unwrap().is_none());
}

#[test]
fn another_type_or_none_is_refused_and_nothing_is_read() {
    let long = "x".repeat(71);
    let mut kinds =
        vec![format!("multipart/form-data; boundary={long}")];
    kinds.extend(
        [
            "",
            "text/plain",
            "text/plain; boundary=X",
            "multipart/form-data",
            "multipart/form-data;",
            "multipart/form-data boundary=X",
            "multipart/form-data, multipart/form-data; boundary=X",
            "multipart/form-data; boundary",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\" \"",
            "multipart/form-data; boundary=\"X \"",
            "multipart/form-data; boundary=\"X",
            "multipart/form-data; boundary=X\"",
            "multipart/form-data; boundary=\"X\"Y",
            "multipart/form-data; boundary=X Y",
            "multipart/form-data; boundary=X; boundary=X",
            "multipart/form-data; boundary=X; BOUNDARY=Y",
            "multipart/form-data; boundary =X",
            "multipart/form-data; boundary= X",
            "multipart/form-data; xboundary=X",
            "multipart/form-data; boundaryx=X",
            "multipart/form-data; boundary*=X",
            "multipart/form-data; x=\"; boundary=X\"",
            "multipart/form-data; boundary=X,Y",
            "multipart/form-data; boundary=X*",
            "multipart/form-data; boundary=\"X;Y\"",
            "multipart/form-data; boundary=\"X\\\"Y\"",
            "multipart/form-data; boundary=\"X\\\\Y\"",
            "multipart/form-data; boundary=\"X\tY\"",
            "multipart/form-data; boundary=\"X\r\nY\"",
            "multipart/form-data; boundary=\"ë\"",
            "multipart/form-data; boundary=X; x",
            "multipart/form-data2; boundary=X",
            "multipart/mixed; boundary=X",
            "xmultipart/form-data; boundary=X",
        ]
        .map(str::to_string),
    );
    for kind in kinds {
        let mut environ = environ(&[("CONTENT_TYPE", &*kind)]);
        environ.input = Box::new(&b"--X--"[..]);
        let refused = environ.parts(9).expect_err(&kind);
        let status = super::status(refused);
        assert_eq!(status, "415 Unsupported Media Type", "{kind}");
        assert_eq!(environ.input.fill_buf().unwrap(), b"--X--");
    }
    let mut environ = Environ::new();
    environ.set("CONTENT_TYPE", b"multipart/form-data; boundary=\xff");
    let refused = environ.parts(9).unwrap_err();
    assert_eq!(status(refused), "415 Unsupported Media Type");
}

#[test]
fn the_boundary_is_read_by_its_grammar() {
    let long = "x".repeat(70);
    let legal = "'()+_,-./:=? 09azAZ";
    for (kind, boundary) in [
        ("multipart/form-data; boundary=X", "X"),
        ("multipart/form-data;boundary=X", "X"),
        ("multipart/form-data ; boundary=X ", "X"),
        ("Multipart/FORM-data; Boundary=x", "x"),
        ("multipart/form-data; boundary=\"X\"", "X"),
        ("multipart/form-data; charset=utf-8; boundary=X", "X"),
        ("multipart/form-data; boundary=X; charset=utf-8", "X"),
        ("multipart/form-data; boundary=X;", "X"),
        ("multipart/form-data;; boundary=X", "X"),
        ("multipart/form-data; x=\"; boundary=Y\"; boundary=X", "X"),
        ("multipart/form-data; boundary=X; boundary*=Y", "X"),
        ("multipart/form-data; boundary=\"\\X\"", ""),
        ("multipart/form-data; boundary=\" X\"", " X"),
        ("multipart/form-data; boundary=--X", "--X"),
        (&format!("multipart/form-data; boundary={long}"), &long),
        (&format!("multipart/form-data; boundary=\"{legal}\""), legal),
    ] {
        let mut environ = environ(&[("CONTENT_TYPE", kind)]);
        let body = head("a").replace("--X", &format!("--{boundary}"));
        let body = format!("{body}1\r\n--{boundary}--");
        environ.input = Box::new(Cursor::new(body));
        let parts = environ.parts(1 << 10);
        if boundary.is_empty() {
            // The backslash escapes nothing, and is no boundary's.
            assert!(parts.is_err());
            continue;
        }
        assert_eq!(contents(&mut parts.unwrap()).unwrap(), [b"1"]);
    }
}

#[test]
fn a_body_may_be_as_long_as_its_limit() {
    let body =
        format!("{}12\r\n{}3\r\n--X--\r\n", head("a"), head("b"));
    let body = body.as_bytes();
    let length = body.len() as u64;
    for size in [1, 7, 100, 8192] {
        for limit in (0..length + 3).chain([u64::MAX - 1, u64::MAX]) {
            let mut parts =
                posted(Blocks::new(body, size)).parts(limit).unwrap();
            let read = contents(&mut parts);
            if limit >= length {
                assert_eq!(read.unwrap(), [&b"12"[..], b"3"]);
                continue;
            }
            let status = status(read.unwrap_err());
            assert_eq!(status, "413 Content Too Large", "{limit}");
            assert_fails_again(&mut parts, &status);
        }
    }
}

#[test]
fn a_body_beyond_its_limit_is_refused_while_a_part_is_read() {
    let body = format!("{}{}\r\n--X--", head("a"), "1\r\n".repeat(99));
    for size in [1, 7, 8192] {
        let limit = head("a").len() as u64 + 30;
        let input = Blocks::new(body.as_bytes(), size);
        let mut parts = posted(input).parts(limit).unwrap();
        let mut part = parts.next_part().unwrap().unwrap();
        let mut content = Vec::new();
        let error = part.read_to_end(&mut content).unwrap_err();
        assert_eq!(status(error), "413 Content Too Large");
        // The whole lines that were allowed, less the last one's end.
        assert_eq!(content.len(), 28, "in blocks of {size}");
        for _ in 0..3 {
            let error = part.read(&mut [0; 9]).unwrap_err();
            assert_eq!(status(error), "413 Content Too Large");
        }
        assert_fails_again(&mut parts, "413 Content Too Large");
    }
}

#[test]
fn a_head_may_be_as_long_as_its_limit() {
    let disposition = "Content-Disposition: form-data; name=a\r\n";
    let rest = HEAD_LIMIT - disposition.len() - "X: \r\n\r\n".len();
    for (more, is_allowed) in
        [(0, true), (1, false), (2, false), (100, false)]
    {
        let filling = "x".repeat(rest + more);
        // In one line, and in many.
        let line = format!("X: {filling}\r\n");
        let lines = "X: y\r\n".repeat(filling.len() / 6);
        let rest = &filling[lines.len()..];
        let lines = format!("{lines}X: {rest}\r\n");
        for head in [line, lines] {
            let head = format!("{disposition}{head}\r\n");
            assert_eq!(head.len(), HEAD_LIMIT + more);
            let body = format!("--X\r\n{head}1\r\n--X--");
            for size in [1, 7, 100, 8192, 1 << 20] {
                let mut parts = parts(body.as_bytes(), size);
                match contents(&mut parts) {
                    Ok(all) => {
                        assert!(is_allowed, "{more} too many");
                        assert_eq!(all, [b"1"]);
                    }
                    Err(error) => {
                        assert!(!is_allowed, "{more} too many");
                        let status = status(error);
                        assert_eq!(status, "400 Bad Request");
                        assert_fails_again(&mut parts, &status);
                    }
                }
            }
        }
    }
}

#[test]
fn a_part_that_is_refused_is_refused_again() {
    // A good part comes next, and must not be reached.
    for bad in ["", "Content-Disposition: form-data\r\n", "\0: x\r\n"] {
        let good = head("b");
        let body = format!("--X\r\n{bad}\r\n1\r\n{good}2\r\n--X--");
        let mut parts = parts(body.as_bytes(), 8192);
        let error = parts.next_part().unwrap_err();
        assert_eq!(status(error), "400 Bad Request");
        assert_fails_again(&mut parts, "400 Bad Request");
    }
}

#[test]
fn a_refusal_says_what_was_found() {
    let text = |body: &str| {
        let mut parts = parts(body.as_bytes(), 8192);
        contents(&mut parts).unwrap_err().to_string()
    };
    let begin = "400 Bad Request: no";
    let end = text(&format!("{}1", head("a")));
    assert_eq!(end, format!("{begin} end of a form behind \"\""));
    let bad = text("--X\r\nX: \u{1b}\r\n\r\n");
    let found = r#""\r\nX: \u{1b}\r\n\r\n""#;
    assert_eq!(bad, format!("{begin} head of a form's part: {found}"));
    // The log is not for whole files.
    assert!(text(&format!("--X\r\n{}", "x".repeat(9999))).len() < 200);
}

/// A body that breaks in the middle, once, and then goes on.
struct Breaks {
    before: Cursor<Vec<u8>>,
    error: Option<io::Error>,
    after: Cursor<Vec<u8>>,
}

impl Breaks {
    fn new(before: &str, error: io::Error, after: &str) -> Self {
        Self {
            before: Cursor::new(before.into()),
            error: Some(error),
            after: Cursor::new(after.into()),
        }
    }
}

impl Read for Breaks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.before.read(buffer)? {
            0 => match self.error.take() {
                Some(error) => Err(error),
                None => self.after.read(buffer),
            },
            read => Ok(read),
        }
    }
}

#[test]
fn an_error_of_the_body_is_passed_on_and_stays() {
    let whole = format!("{}12\r\n{}3\r\n--X--", head("a"), head("b"));
    for at in 0..whole.len() {
        let (before, after) = whole.split_at(at);
        let failure: io::Error = Failure::bad_request("cut").into();
        let other = io::Error::new(ErrorKind::ConnectionReset, "gone");
        for error in [failure, other] {
            let (kind, text) = (error.kind(), error.to_string());
            let body = Breaks::new(before, error, after);
            let mut parts =
                posted(BufReader::new(body)).parts(u64::MAX).unwrap();
            let first = contents(&mut parts).unwrap_err();
            let second = parts.next_part().unwrap_err();
            for error in [first, second] {
                assert_eq!(error.to_string(), text, "at {at}");
                let is_failure = Failure::find(&error).is_some();
                assert_eq!(is_failure, text.starts_with("400"));
                let io = error.downcast_ref::<io::Error>().unwrap();
                assert_eq!(io.kind(), kind);
            }
        }
    }
}

#[test]
fn an_error_while_a_part_is_read_stays_with_the_part() {
    let failure = Failure::bad_request("cut short").into();
    let body = Breaks::new(&(head("a") + "12"), failure, "34\r\n--X--");
    let mut parts =
        posted(BufReader::new(body)).parts(1 << 20).unwrap();
    let mut part = parts.next_part().unwrap().unwrap();
    for _ in 0..3 {
        let error = part.read(&mut [0; 9]).unwrap_err();
        assert_eq!(error.to_string(), "400 Bad Request: cut short");
    }
    assert_fails_again(&mut parts, "400 Bad Request");
}

#[test]
fn a_signal_is_no_error() {
    let whole = format!("{}12\r\n{}3\r\n--X--", head("a"), head("b"));
    for at in 0..whole.len() {
        let (before, after) = whole.split_at(at);
        let signal = ErrorKind::Interrupted.into();
        let body = Breaks::new(before, signal, after);
        let mut parts =
            posted(BufReader::new(body)).parts(1 << 20).unwrap();
        let all = contents(&mut parts).unwrap();
        assert_eq!(all, [&b"12"[..], b"3"], "at {at}");
    }
}

#[test]
fn a_line_may_be_longer_than_what_is_held() {
    for length in HEAD_LIMIT - 100..HEAD_LIMIT + 10 {
        for end in ["", "\r", "\n", "\r\n", "\n\r", "\r\r", "\r\n--X-"]
        {
            let content = "x".repeat(length) + end;
            let body =
                format!("{}{content}\r\n{}", head("a"), head("b"));
            let body = format!("{body}\r\n--X--");
            let mut parts = parts(body.as_bytes(), 8192);
            let all = contents(&mut parts).unwrap();
            let is_it = all == [content.as_bytes(), b""];
            assert!(is_it, "{length} bytes and {end:?}");
        }
    }
}

#[test]
fn a_delimiter_may_be_padded_with_kilobytes() {
    let padding = " \t".repeat(8 << 10);
    let padding = &padding[..HEAD_LIMIT - "--X--\r\n".len()];
    let body = format!("{}1\r\n--X--{padding}\r\n", head("a"));
    for size in [1, 8192] {
        let mut parts = parts(body.as_bytes(), size);
        assert_eq!(contents(&mut parts).unwrap(), [b"1"]);
    }
}

/// A body that goes on, as good as for ever, and tells how far it was
/// read.
struct Endless {
    begin: Vec<u8>,
    again: Vec<u8>,
    at: usize,
    read: Arc<AtomicUsize>,
}

impl Endless {
    fn new(begin: &str, again: &str) -> (Self, Arc<AtomicUsize>) {
        let read = Arc::default();
        let body = Self {
            begin: begin.into(),
            again: again.into(),
            at: 0,
            read: Arc::clone(&read),
        };
        (body, read)
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(self.at < 64 << 20, "it is read for ever");
        for byte in buffer.iter_mut() {
            *byte = match self.at.checked_sub(self.begin.len()) {
                None => self.begin[self.at],
                Some(after) => self.again[after % self.again.len()],
            };
            self.at += 1;
        }
        self.read.store(self.at, Ordering::Relaxed);
        Ok(buffer.len())
    }
}

/// The most that may be read and not given out: what is held, and the
/// buffer of the body's reader.
const HELD: usize = (16 << 10) + (8 << 10) + 100;

#[test]
fn a_long_part_is_not_held() {
    let lines = "x".repeat(99) + "\r\n";
    let almost = "\r\n--X-".to_string();
    let many = "\r\n".to_string();
    let one = "x".to_string();
    for again in [one, lines, almost, many, "\n".into(), "\r".into()] {
        let (body, read) = Endless::new(&head("a"), &again);
        let mut parts =
            posted(BufReader::new(body)).parts(4 << 20).unwrap();
        let mut part = parts.next_part().unwrap().unwrap();
        let mut given = 0;
        let mut buffer = [0; 4096];
        let error = loop {
            match part.read(&mut buffer) {
                Ok(0) => panic!("{again:?} ended"),
                Ok(bytes) => given += bytes,
                Err(error) => break error,
            }
            let read = read.load(Ordering::Relaxed);
            assert!(read < given + HELD, "{again:?}");
            assert!(given <= 4 << 20, "{again:?} is given twice");
        };
        assert_eq!(status(error), "413 Content Too Large");
        assert!(given > (4 << 20) - HELD, "{given}");
    }
}

#[test]
fn many_small_parts_are_not_held() {
    let small = format!("{}1\r\n", head("a"));
    let (body, read) = Endless::new("", &small);
    let mut parts =
        posted(BufReader::new(body)).parts(4 << 20).unwrap();
    for given in (0..3 << 20).step_by(small.len()) {
        parts.next_part().unwrap().unwrap();
        assert!(read.load(Ordering::Relaxed) < given + HELD);
    }
}

#[test]
fn a_head_without_an_end_is_refused_before_it_is_held() {
    for (begin, again) in [
        ("--X\r\n", "A: b\r\n"),
        ("--X\r\n", "x"),
        ("--X\r\n", "\n"),
        ("--X\r\n", "\r"),
        ("--X\r\nContent-Disposition: form-data; name=\"", "x"),
        ("--X", " "),
    ] {
        let (body, read) = Endless::new(begin, again);
        let mut parts =
            posted(BufReader::new(body)).parts(u64::MAX).unwrap();
        let error = parts.next_part().unwrap_err();
        assert_eq!(status(error), "400 Bad Request", "{begin}");
        assert!(read.load(Ordering::Relaxed) < 2 * HELD, "{begin}");
        assert_fails_again(&mut parts, "400 Bad Request");
    }
}

#[test]
fn a_preamble_without_an_end_is_read_up_to_the_limit() {
    for again in ["x", "\r\n", "--X", "--X \r\r\n"] {
        let (body, read) = Endless::new("", again);
        let mut parts =
            posted(BufReader::new(body)).parts(1 << 20).unwrap();
        let error = parts.next_part().unwrap_err();
        assert_eq!(status(error), "413 Content Too Large");
        assert!(read.load(Ordering::Relaxed) < (1 << 20) + HELD);
    }
}

/// A line that may be a delimiter until its last byte is looked at once,
/// not for each byte that is read of it.
#[test]
fn reading_by_the_byte_takes_a_time_in_proportion() {
    let line = format!("--XY{}\r\n", " ".repeat(16 << 10));
    let body = format!("{}{}--X--", head("a"), line.repeat(64));
    let mut parts = posted(Cursor::new(body)).parts(2 << 20).unwrap();
    let mut part = parts.next_part().unwrap().unwrap();
    let start = Instant::now();
    let mut count = 0;
    while part.read(&mut [0]).unwrap() > 0 {
        count += 1;
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{count} in {took:?}");
    }
    assert_eq!(count, line.len() * 64 - 2);
}

#[test]
fn parts_are_debug() {
    let body =
        head("a").replace("\"a\"", "a; filename=b") + "\r\n--X--";
    let mut parts = parts(body.as_bytes(), 8192);
    assert_eq!(format!("{parts:?}"), "Parts { .. }");
    let part = format!("{:?}", parts.next_part().unwrap().unwrap());
    assert!(part.contains("name: \"a\", file_name: Some(\"b\")"));
}
