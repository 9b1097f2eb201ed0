//! `wsgi.input`: a request's body, and where it ends.

use crate::Failure;
use std::io::{self, BufRead, BufReader, Read};

/// What a CONTENT_LENGTH says: absent and empty mean that there is no
/// body (RFC 3875, section 4.1.2).
///
/// # Errors
///
/// It is not a number, or too large for one.
pub(crate) fn content_length(
    value: Option<&[u8]>,
) -> Result<u64, Failure> {
    let value = value.unwrap_or_default();
    if value.is_empty() {
        return Ok(0);
    }
    decimal(value).ok_or_else(|| {
        let value = String::from_utf8_lossy(value);
        Failure::bad_request(format!(
            "CONTENT_LENGTH is {value:?}, not a number of bytes"
        ))
    })
}

/// Digits only: `+5` is no length, though Rust would take it.
pub(crate) fn decimal(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(text).ok().filter(|_| digits)?;
    text.parse().ok()
}

/// A body of `length` bytes, read from `source` and not a byte further:
/// what follows is not the application's (PEP 3333, "Input and Error
/// Streams").
pub(crate) fn body(
    source: impl Read + Send + 'static,
    length: u64,
) -> Box<dyn BufRead + Send> {
    match length {
        0 => Box::new(io::empty()),
        left => Box::new(BufReader::new(Exactly { source, left })),
    }
}

/// All of a body, if it has at most `limit` bytes.
///
/// # Errors
///
/// `413 Content Too Large`, or as reading it.
#[allow(dead_code)]
pub(crate) fn read_all(
    input: &mut dyn BufRead,
    limit: u64,
) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    // A byte more tells; without a limit there is none to tell.
    input.take(limit.saturating_add(1)).read_to_end(&mut body)?;
    match body.len() as u64 > limit {
        true => Err(too_large(limit).into()),
        false => Ok(body),
    }
}

/// Reads so many bytes; fewer are an error, lest half a form pass for
/// a whole one.
struct Exactly<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len() as u64;
        let wanted = length.min(self.left) as usize;
        if wanted == 0 {
            return Ok(0); // the source may be gone by now
        }
        let read = self.source.read(&mut buffer[..wanted])?;
        if read == 0 {
            let left = self.left;
            let reason =
                format!("the request's body ends {left} bytes early");
            return Err(Failure::bad_request(reason).into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// A body whose source knows where it ends, with a limit in bytes.
#[cfg(any(feature = "fastcgi", feature = "tiny_http"))]
pub(crate) fn to_end(
    source: impl Read + Send + 'static,
    limit: u64,
) -> Box<dyn BufRead + Send> {
    let left = limit;
    Box::new(BufReader::new(AtMost { source, limit, left }))
}

#[cfg(any(feature = "fastcgi", feature = "tiny_http"))]
struct AtMost<R> {
    source: R,
    limit: u64,
    left: u64,
}

#[cfg(any(feature = "fastcgi", feature = "tiny_http"))]
impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(too_large(self.limit).into()),
        }
        Ok(read)
    }
}

/// The answer to a body that is longer than its limit.
pub(crate) fn too_large(limit: u64) -> Failure {
    Failure {
        status: "413 Content Too Large",
        reason: format!("the body has more than {limit} bytes"),
    }
}
