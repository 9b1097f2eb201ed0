//! Forms with files: `multipart/form-data` (RFC 7578), part by part.

mod part_head;

use crate::input::{copy, too_large};
use crate::{Environ, Failure, Result};
use part_head::{PartHead, parameters};
use std::io::{self, BufRead, Read, Take};
use std::{fmt, mem};

/// The parts of a form, each read while it arrives.
///
/// ```
/// use std::io::Read;
///
/// # let mut environ = gateway::Environ::new();
/// let kind = "multipart/form-data; boundary=X";
/// environ.set("CONTENT_TYPE", kind);
/// environ.input = Box::new(
///     &b"--X\r\n\
///        Content-Disposition: form-data; name=\"photo\"; \
///        filename=\"a.png\"\r\n\
///        Content-Type: image/png\r\n\
///        \r\n\
///        \x89PNG\r\n\
///        --X--\r\n"[..],
/// );
/// let mut parts = environ.parts(1 << 20)?;
/// while let Some(mut part) = parts.next_part()? {
///     assert_eq!(part.name(), "photo");
///     assert_eq!(part.file_name(), Some("a.png"));
///     assert_eq!(part.content_type(), Some("image/png"));
///     let mut bytes = Vec::new();
///     part.read_to_end(&mut bytes)?;
///     assert_eq!(bytes, b"\x89PNG");
/// }
/// # Ok::<(), gateway::Error>(())
/// ```
pub struct Parts {
    /// The body; or why reading it has failed, and will again, since a
    /// body must not go on behind a hole.
    input: Result<Take<Box<dyn BufRead + Send>>, io::Error>,
    limit: u64,
    /// CR LF, two dashes, and the boundary (RFC 2046, section 5.1.1).
    delimiter: Vec<u8>,
    /// A line, or a part's head, and the end of the line before it.
    buffer: Vec<u8>,
    /// How much of the buffer is content that has been given out.
    given: usize,
}

/// The most that is in the buffer, in bytes: a line's end, and 16 KiB
/// of the head or line after it. A head must fit in; a line of content
/// may come in pieces.
const HELD: usize = 2 + 16 * 1024;

impl Environ {
    /// The parts of the form in the body, of at most `limit` bytes in
    /// all. Only a piece of them is ever in memory.
    ///
    /// The environ's input is empty afterwards.
    ///
    /// # Errors
    ///
    /// `415 Unsupported Media Type` if the body is something else, or
    /// has no boundary that may be one.
    pub fn parts(&mut self, limit: u64) -> Result<Parts, Failure> {
        let kind = self.get("CONTENT_TYPE").unwrap_or_default();
        let boundary = boundary(&kind).ok_or_else(|| {
            let reason = format!("{kind:?} is not a form with files");
            Failure::new("415 Unsupported Media Type", reason)
        })?;
        let input =
            mem::replace(&mut self.input, Box::new(io::empty()));
        Ok(Parts {
            // If that one is read too, there was more.
            input: Ok(input.take(limit.saturating_add(1))),
            limit,
            delimiter: format!("\r\n--{boundary}").into(),
            buffer: b"\r\n".to_vec(), // as if before the first line
            given: 2,
        })
    }
}

/// A form's boundary, if it has one that may be (RFC 2046, 5.1.1).
fn boundary(kind: &str) -> Option<String> {
    let mut all = parameters(kind, "multipart/form-data")?;
    let is_legal = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte)
    };
    all.remove("boundary").filter(|boundary| {
        matches!(boundary.len(), 1..=70)
            && boundary.bytes().all(is_legal)
            && !boundary.ends_with(' ')
    })
}

impl Parts {
    /// The next part, or `None` after the last one, behind which nothing
    /// is read. What was not read of the part before is skipped.
    ///
    /// # Errors
    ///
    /// `400 Bad Request` for what is no such form: a body without its
    /// last delimiter; a part without a name; a part's head that has
    /// more than 16 KiB up to its blank line, is not UTF-8, has control
    /// characters, of which a CR or LF alone is one, or says a thing
    /// twice. `413 Content Too Large` beyond the limit; otherwise as
    /// reading the body.
    ///
    /// What has failed fails again, and so does reading the part.
    pub fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        while let length @ 1.. = self.content()?.len() {
            self.given += length;
        }
        if self.after_delimiter() == Some(b"--") {
            return Ok(None);
        }
        self.buffer.truncate(2);
        while !self.buffer.ends_with(b"\r\n\r\n") {
            self.read_line()?;
        }
        let head = PartHead::parse(&self.buffer);
        let head = head.ok_or_else(|| self.refuse("a part's head"))?;
        // The blank line's end may be the next delimiter's.
        self.buffer.truncate(2);
        self.given = 2;
        Ok(Some(Part { head, parts: self }))
    }

    /// What there is of the content; nothing at a delimiter.
    fn content(&mut self) -> io::Result<&[u8]> {
        // What was given out in part is not a delimiter.
        while self.given > 2 || self.after_delimiter().is_none() {
            // A line's end may be the next delimiter's.
            let line = &self.buffer;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let end = line.strip_suffix(b"\r").unwrap_or(line).len();
            if self.given < end {
                return Ok(&self.buffer[self.given..end]);
            }
            self.buffer.drain(..end);
            self.given -= end;
            self.read_line()?;
        }
        Ok(&[])
    }

    /// What follows the boundary, if there is a delimiter in the buffer:
    /// nothing, or the two dashes of the last one.
    fn after_delimiter(&self) -> Option<&[u8]> {
        let line = self.buffer.strip_prefix(&*self.delimiter)?;
        let mut rest = line.strip_suffix(b"\r\n").unwrap_or(line);
        while let [before @ .., b' ' | b'\t'] = rest {
            rest = before;
        }
        matches!(rest, b"" | b"--").then_some(rest)
    }

    /// Adds a line to the buffer, or as much of it as there is room for.
    fn read_line(&mut self) -> io::Result<()> {
        let input = self.input.as_mut().map_err(|why| copy(why))?;
        let room = HELD - self.buffer.len();
        let mut line = input.by_ref().take(room as u64);
        let read = line.read_until(b'\n', &mut self.buffer);
        Err(match read {
            _ if input.limit() == 0 => {
                self.fail(too_large(self.limit).into())
            }
            Ok(0) => self.refuse("no end behind"),
            Ok(_) => return Ok(()),
            Err(error) => self.fail(error),
        })
    }

    fn refuse(&mut self, what: &str) -> io::Error {
        self.buffer.truncate(100); // the log may do without the rest
        let found = self.buffer.escape_ascii();
        let why = format!("a form with files has {what} \"{found}\"");
        self.fail(Failure::bad_request(why).into())
    }

    /// Puts an error in the body's place.
    fn fail(&mut self, why: io::Error) -> io::Error {
        self.buffer.clear();
        self.input = Err(copy(&why));
        why
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts { .. }")
    }
}

/// A part of a form: its name, and its bytes, by reading it.
///
/// Names are as the browser sent them. In these it writes `%22` for a
/// quote, and `%0D%0A` for a line break; since it leaves a `%` that was
/// typed as it is, nobody can tell which it was.
#[derive(Debug)]
pub struct Part<'a> {
    head: PartHead,
    parts: &'a mut Parts,
}

impl Part<'_> {
    /// The name of the form's field. A part has one (RFC 7578, section
    /// 4.2), and it may be empty.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// What the file was called on the visitor's machine; `None` if the
    /// part is not a file. It may be anything, also a path to somewhere
    /// else: make no file of it. It is empty where a visitor chose no
    /// file. A `filename*` does not count (RFC 7578, section 4.2).
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// The content's type, as the visitor's machine has it; `text/plain`
    /// is meant where it is absent (RFC 7578, section 4.4).
    pub fn content_type(&self) -> Option<&str> {
        self.head.content_type.as_deref()
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.parts.content()?.read(buffer)?;
        self.parts.given += length;
        Ok(length)
    }
}
