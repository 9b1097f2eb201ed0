//! Random bytes for forms: whatever comes, reading it must not panic,
//! nor hang, nor hold more than it may; what is read must not depend on
//! how it comes, and be what a slow and simple reader finds.

use super::{Chance, fuzz};
use crate::{Environ, Failure};
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "form/expected.rs"]
mod expected;
use expected::expected;

/// Bodies to begin with.
const CORPUS: &[&[u8]] = &[
    b"name=Zo%C3%AB+%26+Co&message=Hello&tag=a&tag=b",
    b"--X\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nAda\r\n\
     --X\r\nContent-Disposition: form-data; name=\"content\"; \
     filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n\
     Hello\r\nWorld\r\n--X--\r\n",
    b"--X \r\nContent-Disposition: form-data; name=\"\xc3\xa9\"; \
     filename*=UTF-8''%e2%82%ac.txt\r\n\r\n\r\n\
     --X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--",
    b"preamble\r\n--X\r\ncontent-disposition:form-data;name=a\r\n\r\n\
     \r\n--\r\n-X\r\n\r\n--X-- \r\nepilogue\r\n",
    b"----X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
     ----X\r\nContent-Type: a/b;\r\n c=d\r\n\
     Content-Disposition: form-data; filename=\"C:\\d\\\"\\\\\"; \
     name=b\r\n\r\n--X\r\n----X--\r\n",
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
    b"content-disposition: form-data; name=b; filename=c\r\n",
    b"\r\n ",
    b" ",
    b"\t",
    b"\\",
    b"\\\"",
    b"; NAME=\"c\"",
    b"; filename*=UTF-8''x",
    b"; filename=\"C:\\d\\e\"",
    b"\xc3\xab",
    b"\xff",
];

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Types, and the boundary in them.
const KINDS: &[(&str, &str)] = &[
    (URLENCODED, ""),
    ("multipart/form-data; boundary=X", "X"),
    ("multipart/form-data; boundary=\"X\"; charset=utf-8", "X"),
    ("multipart/form-data; boundary=--X", "--X"),
];

/// The most that is held, of a line or of a part's head, and that is
/// read ahead.
const HELD: usize = 16 << 10;
const AHEAD: usize = 8 << 10;

/// A part or field: what is said of it, and its content. For what is no
/// form, the status.
type Found = Result<Vec<(String, Vec<u8>)>, &'static str>;

/// How a body comes, and how it is read.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// The size of the body's blocks.
    block: usize,
    /// How much of a part is asked for at once; with 0 it is skipped.
    piece: usize,
    limit: u64,
}

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

fn read(kind: &str, body: &[u8], way: Way) -> Found {
    let read = Arc::new(AtomicUsize::new(0));
    let mut environ = Environ::new();
    environ.set("CONTENT_TYPE", kind);
    environ.input = Box::new(Blocks {
        body: body.to_vec(),
        at: 0,
        size: way.block,
        read: Arc::clone(&read),
    });
    let all = match kind {
        URLENCODED => fields(&mut environ, way),
        _ => parts(&mut environ, way, &read),
    };
    all.map_err(|error| {
        let failure = Failure::find(&error);
        let text = failure.expect("the client's mistake").to_string();
        let statuses = ["400 Bad Request", "413 Content Too Large"];
        let is_it = |status: &&str| text.starts_with(*status);
        statuses.into_iter().find(is_it).expect(&text)
    })
}

fn fields(
    environ: &mut Environ,
    way: Way,
) -> crate::Result<Vec<(String, Vec<u8>)>> {
    let form = environ.form(way.limit)?;
    let owned = |(name, value): (&str, &str)| {
        (name.to_string(), value.as_bytes().to_vec())
    };
    Ok(form.fields().map(owned).collect())
}

fn parts(
    environ: &mut Environ,
    way: Way,
    read: &AtomicUsize,
) -> crate::Result<Vec<(String, Vec<u8>)>> {
    let mut parts = environ.parts(way.limit)?;
    let mut found = Vec::new();
    let mut piece = vec![0; way.piece];
    while let Some(mut part) = parts.next_part()? {
        let (name, file) = (&part.name, &part.file_name);
        let head = format!("{name:?} {file:?} {:?}", part.content_type);
        let begin = read.load(Ordering::Relaxed);
        let mut content = Vec::new();
        loop {
            let length = match part.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => {
                    let again = parts.next_part().unwrap_err();
                    let status = |text: String| text[..3].to_string();
                    let (again, first) =
                        (again.to_string(), error.to_string());
                    assert_eq!(status(again), status(first));
                    return Err(error.into());
                }
            };
            content.extend(&piece[..length]);
            let read = read.load(Ordering::Relaxed) - begin;
            let held = read.saturating_sub(content.len());
            assert!(held <= HELD + 2 + AHEAD, "{held} bytes are held");
        }
        found.push((head, content));
    }
    assert!(parts.next_part()?.is_none());
    Ok(found)
}

#[test]
fn fuzz_form() {
    fuzz(CORPUS, TOKENS, |chance: &mut Chance, body| {
        let (kind, boundary) = KINDS[chance.below(KINDS.len())];
        let mut body = body.to_vec();
        if chance.below(50) == 0 {
            // Longer than what is held.
            let at = chance.below(body.len() + 1);
            let token = chance.one_of(TOKENS);
            let long =
                token.repeat(HELD / token.len() + chance.below(3));
            body.splice(at..at, long);
        }
        let limit = match chance.below(4) {
            0 => chance.below(body.len() + 2) as u64,
            _ => u64::MAX,
        };
        let whole =
            Way { block: body.len().max(1), piece: 4096, limit };
        let all = read(kind, &body, whole);
        assert_eq!(all, expected(boundary, &body, limit), "{kind}");
        let block = 1 + chance.below(20);
        let way = Way { block, piece: 1 + chance.below(9), limit };
        assert_eq!(read(kind, &body, way), all, "{kind}, {way:?}");
        if kind != URLENCODED {
            let way = Way { block, piece: 0, limit };
            let skipped = read(kind, &body, way).map(heads);
            assert_eq!(skipped, all.map(heads), "{kind}, {way:?}");
        }
    });
}

fn heads(parts: Vec<(String, Vec<u8>)>) -> Vec<String> {
    parts.into_iter().map(|part| part.0).collect()
}
