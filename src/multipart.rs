//! Forms with files: `multipart/form-data` (RFC 7578), part by part.

mod part_head;

use crate::request_head::wrong;
use crate::{Environ, Failure, Result, input};
use part_head::{parameters, parse};
use std::io::{self, BufRead, Read};
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
///     assert_eq!(part.name, "photo");
///     assert_eq!(part.file_name.as_deref(), Some("a.png"));
///     assert_eq!(part.content_type.as_deref(), Some("image/png"));
///     let mut bytes = Vec::new();
///     part.read_to_end(&mut bytes)?;
///     assert_eq!(bytes, b"\x89PNG");
/// }
/// # Ok::<(), gateway::Error>(())
/// ```
pub struct Parts {
    /// The body. Where reading it has failed it will again.
    input: Box<dyn BufRead + Send>,
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
            input: input::body(input, None, limit),
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
        if self.after_delimiter() == Some("--") {
            return Ok(None);
        }
        self.buffer.truncate(2);
        while !self.buffer.ends_with(b"\r\n\r\n") {
            self.read_line()?;
        }
        let (name, file_name, content_type) = parse(&self.buffer)
            .ok_or_else(|| self.refuse("no head of a form's part:"))?;
        // The blank line's end may be the next delimiter's.
        self.buffer.truncate(2);
        self.given = 2;
        Ok(Some(Part { name, file_name, content_type, parts: self }))
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
    fn after_delimiter(&self) -> Option<&str> {
        let line = self.buffer.strip_prefix(&*self.delimiter)?;
        let line = line.strip_suffix(b"\r\n").unwrap_or(line);
        let rest = str::from_utf8(line).ok()?;
        let rest = rest.trim_end_matches([' ', '\t']);
        matches!(rest, "" | "--").then_some(rest)
    }

    /// Adds a line to the buffer, or as much of it as there is room for.
    fn read_line(&mut self) -> io::Result<()> {
        let room = HELD - self.buffer.len();
        let mut input = self.input.by_ref().take(room as u64);
        let read = input.read_until(b'\n', &mut self.buffer);
        // What an error has cut off is nobody's content.
        match read.inspect_err(|_| self.buffer.clear())? {
            0 => Err(self.refuse("no end of a form behind")),
            _ => Ok(()),
        }
    }

    /// Refuses what is in the buffer, and all that would come.
    fn refuse(&mut self, what: &str) -> io::Error {
        self.input = Box::new(io::empty());
        wrong(what, &mem::take(&mut self.buffer)).into()
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
    /// The name of the form's field. A part has one (RFC 7578, section
    /// 4.2), and it may be empty.
    pub name: String,
    /// What the file was called on the visitor's machine; `None` if the
    /// part is not a file. It may be anything, also a path to somewhere
    /// else: make no file of it. It is empty where a visitor chose no
    /// file. A `filename*` does not count (RFC 7578, section 4.2).
    pub file_name: Option<String>,
    /// The content's type, as the visitor's machine has it; `text/plain`
    /// is meant where it is absent (RFC 7578, section 4.4).
    pub content_type: Option<String>,
    parts: &'a mut Parts,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.parts.content()?.read(buffer)?;
        self.parts.given += length;
        Ok(length)
    }
}
