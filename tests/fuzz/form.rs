//! Random bytes for forms: whatever comes, reading it must not panic,
//! nor hang, nor hold more than it may, and what is read must not
//! depend on how it was cut.

use super::{Chance, fuzz};
use crate::{Environ, Failure};
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bodies to begin with.
const CORPUS: &[&[u8]] = &[
    b"name=Zo%C3%AB+%26+Co&message=Hello&tag=a&tag=b",
    b"--X\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nAda\r\n\
     --X\r\nContent-Disposition: form-data; name=\"content\"; \
     filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n\
     Hello\r\nWorld\r\n--X--\r\n",
    b"--X \r\nContent-Disposition: form-data; name=\"\xc3\xa9\"; \
     filename*=UTF-8''%e2%82%ac.txt\r\n\r\n\r\n--X\r\n\r\n1\r\n--X--",
    b"preamble\r\n--X\r\ncontent-disposition:form-data;name=a\r\n\r\n\
     \r\n--\r\n-X\r\n\r\n--X--epilogue",
];

/// Pieces that matter to somebody who reads forms.
const TOKENS: &[&[u8]] = &[
    b"&",
    b"=",
    b"+",
    b"%",
    b"%zz",
    b"%C3",
    b"%00",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"--X",
    b"--X--",
    b"\r\n--X\r\n",
    b"\r\n--X--\r\n",
    b"--",
    b"X",
    b"\"",
    b";",
    b": ",
    b"name=\"",
    b"filename=\"",
    b"\r\n\r\n",
    b"--X\r\n\r\n",
    b"Content-Disposition: form-data; name=\"a\"\r\n",
    b"Content-Type: text/plain; charset=utf-16\r\n",
];

const KINDS: &[&str] = &[
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=X",
    "multipart/form-data; boundary=\"X\"; charset=utf-8",
    "multipart/form-data; boundary=--X",
];

/// The most that a body may have, and the most of it that may be held.
const LIMIT: u64 = 4096;
const HELD: usize = 1 << 17;

/// A body that comes in blocks of one size, and counts what was read.
struct Blocks {
    body: Vec<u8>,
    at: usize,
    size: usize,
    read: Arc<AtomicUsize>,
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let rest = &self.body[self.at..];
        Ok(&rest[..rest.len().min(self.size)])
    }

    fn consume(&mut self, length: usize) {
        self.at += length;
        self.read.store(self.at, Ordering::Relaxed);
    }
}

/// All that is in the form, or the status of its refusal.
fn read(
    kind: &str,
    body: &[u8],
    size: usize,
) -> Result<String, String> {
    let read = Arc::new(AtomicUsize::new(0));
    let mut environ = Environ::new();
    environ.set("CONTENT_TYPE", kind);
    environ.input = Box::new(Blocks {
        body: body.to_vec(),
        at: 0,
        size,
        read: Arc::clone(&read),
    });
    let all = match kind.starts_with("multipart") {
        false => environ.form(LIMIT).map(|form| format!("{form:?}")),
        true => parts(&mut environ, &read),
    };
    all.map_err(|error| {
        let failure = Failure::find(&error);
        failure.expect("the client's mistake").status().to_string()
    })
}

fn parts(
    environ: &mut Environ,
    read: &AtomicUsize,
) -> crate::Result<String> {
    let mut parts = environ.parts(LIMIT)?;
    let (mut all, mut given) = (String::new(), 0);
    while let Some(mut part) = parts.next_part()? {
        all += &format!("{:?} {:?}: ", part.name(), part.file_name());
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        given += bytes.len();
        assert!(read.load(Ordering::Relaxed) <= given + HELD);
        all += &format!("{}\n", bytes.escape_ascii());
    }
    Ok(all)
}

#[test]
fn fuzz_form() {
    fuzz(CORPUS, TOKENS, |chance: &mut Chance, body| {
        let kind = chance.one_of(KINDS);
        let size = 1 + chance.below(20);
        let whole = read(kind, body, body.len().max(1));
        let pieces = read(kind, body, size);
        assert_eq!(pieces, whole, "{kind}, in blocks of {size}");
    });
}
