//! Forms with files.

use super::{environ, status};
use gateway::{Environ, Failure, Parts};
use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const KIND: &str = "multipart/form-data; boundary=X";

fn posted(body: impl Read + Send + 'static) -> Environ {
    let mut environ = environ(&[("CONTENT_TYPE", KIND)]);
    environ.input = Box::new(BufReader::new(body));
    environ
}

fn parts(body: &str) -> Parts {
    let body = Cursor::new(body.to_string());
    posted(body).parts(1 << 20).unwrap()
}

/// The head of a part.
fn head(name: &str) -> String {
    format!(
        "--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"
    )
}

/// All parts, or the first error.
fn all(body: &str) -> gateway::Result<Vec<(String, String)>> {
    let mut parts = parts(body);
    let mut all = Vec::new();
    while let Some(mut part) = parts.next_part()? {
        let name = part.name().unwrap_or("-").to_string();
        let mut text = String::new();
        part.read_to_string(&mut text)?;
        all.push((name, text));
    }
    Ok(all)
}

#[test]
fn each_part_has_a_name_and_its_bytes() {
    let body = format!("{}1\r\n{}\r\n--X--\r\n", head("a"), head("b"));
    let pair = |n: &str, t: &str| (n.to_string(), t.to_string());
    assert_eq!(all(&body).unwrap(), [pair("a", "1"), pair("b", "")]);
    assert_eq!(all("--X--").unwrap(), []);
}

#[test]
fn a_boundary_within_a_line_is_none() {
    let body = format!("{}a--X\r\n-X--\r\nX\r\n--X--", head("a"));
    assert_eq!(all(&body).unwrap()[0].1, "a--X\r\n-X--\r\nX");
}

#[test]
fn a_part_that_is_not_read_is_skipped() {
    let long = "x".repeat(1 << 18);
    let body =
        format!("{}{long}\r\n{}2\r\n--X--", head("a"), head("b"));
    let mut parts = parts(&body);
    let mut first = parts.next_part().unwrap().unwrap();
    first.read_exact(&mut [0; 10]).unwrap();
    let second = parts.next_part().unwrap().unwrap();
    assert_eq!(second.name(), Some("b"));
    assert!(parts.next_part().unwrap().is_none());
    assert!(parts.next_part().unwrap().is_none());
}

#[test]
fn a_body_that_is_cut_is_no_whole_form() {
    let whole = format!("{}1\r\n{}2\r\n--X--", head("a"), head("b"));
    for end in 0..whole.len() {
        let error = all(&whole[..end]).unwrap_err();
        assert_eq!(status(&error), "400 Bad Request", "{end}");
    }
    assert!(all(&whole).is_ok());
}

#[test]
fn another_type_or_none_is_refused() {
    for kind in [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/mixed; boundary=X",
    ] {
        let mut environ = environ(&[("CONTENT_TYPE", kind)]);
        let refused = environ.parts(9).err().unwrap();
        let status = "415 Unsupported Media Type";
        assert_eq!(refused.status(), status, "{kind}");
    }
}

#[test]
fn an_error_of_the_body_is_passed_on() {
    let failure = Failure::bad_request("cut short");
    let cut = failure.clone();
    let mut parts =
        posted(head("a").as_bytes().to_vec().chain_error(cut));
    let mut parts = parts.parts(1 << 20).unwrap();
    let error = match parts.next_part() {
        Ok(Some(mut part)) => {
            part.read_to_end(&mut Vec::new()).unwrap_err()
        }
        _ => panic!("the head was there"),
    };
    let error = error.into();
    let found = Failure::find(&error).unwrap();
    assert_eq!(found.to_string(), failure.to_string());
}

trait ChainError {
    fn chain_error(self, failure: Failure) -> impl Read + Send;
}

impl ChainError for Vec<u8> {
    fn chain_error(self, failure: Failure) -> impl Read + Send {
        struct Fails(Failure);
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(self.0.clone().into())
            }
        }
        Cursor::new(self).chain(Fails(failure))
    }
}

/// A body that goes on for ever, and tells how far it was read.
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
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
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

/// The most that may be in memory.
const HELD: usize = 256 << 10;

#[test]
fn a_long_part_is_not_held() {
    let (body, read) = Endless::new(&head("a"), "x");
    let mut parts = posted(body).parts(4 << 20).unwrap();
    let mut part = parts.next_part().unwrap().unwrap();
    let mut given = 0;
    let mut buffer = [0; 4096];
    let error = loop {
        match part.read(&mut buffer) {
            Ok(bytes) => given += bytes,
            Err(error) => break error,
        }
        assert!(read.load(Ordering::Relaxed) < given + HELD);
    };
    assert_eq!(status(&error.into()), "413 Content Too Large");
    assert!(given > 3 << 20, "{given}");
}

#[test]
fn many_small_parts_are_not_held() {
    let small = format!("{}1\r\n", head("a"));
    let (body, read) = Endless::new("", &small);
    let mut parts = posted(body).parts(4 << 20).unwrap();
    for given in (0..3 << 20).step_by(small.len()) {
        parts.next_part().unwrap().unwrap();
        assert!(read.load(Ordering::Relaxed) < given + HELD);
    }
}

#[test]
fn what_has_no_end_is_refused_before_it_is_held() {
    for (begin, again) in [
        ("", "x"),
        ("--X", " "),
        ("--X\r\n", "A: b\r\n"),
        ("--X\r\nContent-Disposition: form-data; name=\"", "x"),
    ] {
        let (body, read) = Endless::new(begin, again);
        let mut parts = posted(body).parts(1 << 40).unwrap();
        let error = parts.next_part().err().unwrap();
        assert_eq!(status(&error), "400 Bad Request", "{begin}");
        assert!(read.load(Ordering::Relaxed) < HELD, "{begin}");
    }
}
