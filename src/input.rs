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
/// Streams"). Fewer are an error, lest half a form pass for a whole one.
pub(crate) fn body(
    source: impl Read + Send + 'static,
    length: u64,
) -> Box<dyn BufRead + Send> {
    match length {
        0 => Box::new(io::empty()),
        left => Box::new(Body::of(source, left, None)),
    }
}

/// A body whose source knows where it ends, with a limit in bytes.
#[cfg(any(feature = "fastcgi", feature = "tiny_http"))]
pub(crate) fn to_end(
    source: impl Read + Send + 'static,
    limit: u64,
) -> Box<dyn BufRead + Send> {
    Box::new(Body::of(source, limit, Some(limit)))
}

/// All of a body, if it has at most `limit` bytes.
///
/// # Errors
///
/// `413 Content Too Large`, or as reading it.
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

/// Reads a body that may have `left` bytes yet: so many, or up to its
/// limit, if it has one.
struct Body<R> {
    source: R,
    left: u64,
    limit: Option<u64>,
    /// Why it cannot be read. What followed would follow a gap.
    failure: Option<Failure>,
}

impl<R: Read> Body<R> {
    fn of(source: R, left: u64, limit: Option<u64>) -> BufReader<Self> {
        BufReader::new(Self { source, left, limit, failure: None })
    }

    fn read_on(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = match self.limit {
            None => self.left.min(buffer.len() as u64) as usize,
            Some(_) => buffer.len(),
        };
        if room == 0 {
            return Ok(0); // the source may be gone by now
        }
        let read = self.source.read(&mut buffer[..room])?;
        match (self.limit, self.left.checked_sub(read as u64)) {
            (None, Some(left)) if read == 0 => {
                let reason = format!(
                    "the request's body ends {left} bytes early"
                );
                Err(Failure::bad_request(reason).into())
            }
            (Some(limit), None) => Err(too_large(limit).into()),
            (_, left) => {
                self.left = left.unwrap_or(0);
                Ok(read)
            }
        }
    }
}

impl<R: Read> Read for Body<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into());
        }
        self.read_on(buffer).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return error; // who reads tries again
            }
            let failure = error.downcast().unwrap_or_else(|error| {
                Failure::bad_request(format!("the body: {error}"))
            });
            self.failure.insert(failure).clone().into()
        })
    }
}

/// The answer to a body that is longer than its limit.
pub(crate) fn too_large(limit: u64) -> Failure {
    let reason = format!("the body has more than {limit} bytes");
    Failure::new("413 Content Too Large", reason)
}

/// The answer to a request that stops coming.
#[cfg(any(feature = "fastcgi", feature = "http"))]
pub(crate) fn too_late() -> Failure {
    let reason = "the rest of the request does not come";
    Failure::new("408 Request Timeout", reason)
}
