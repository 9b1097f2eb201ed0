//! `wsgi.input`: a request's body, and where it ends.

use crate::Failure;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Take};

/// What a CONTENT_LENGTH says: absent and empty mean that there is no
/// body (RFC 3875, section 4.1.2).
///
/// # Errors
///
/// It is not a number, or too large for one.
pub(crate) fn content_length(
    value: Option<&[u8]>,
) -> Result<u64, Failure> {
    let Some(value @ [_, ..]) = value else { return Ok(0) };
    decimal(value).ok_or_else(|| {
        let value = String::from_utf8_lossy(value);
        let reason = format!("CONTENT_LENGTH is {value:?}, no number");
        Failure::bad_request(reason)
    })
}

/// Digits only: `+5` is no length, though Rust would take it.
pub(crate) fn decimal(text: &[u8]) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

/// A body of `length` bytes, read from `source` and not a byte further:
/// what follows is not the application's (PEP 3333, "Input and Error
/// Streams"). Fewer are an error, lest half a form pass for a whole one.
/// Without a length, the source knows where it ends, and more than
/// `limit` bytes are an error.
pub(crate) fn body(
    source: impl Read + Send + 'static,
    length: Option<u64>,
    limit: u64,
) -> Box<dyn BufRead + Send> {
    match length {
        Some(0) => Box::new(io::empty()), // of most requests
        _ => {
            Box::new(BufReader::new(Bounded::of(source, length, limit)))
        }
    }
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
    Bounded::of(input, None, limit).read_to_end(&mut body)?;
    Ok(body)
}

/// Reads a body up to its length, or as far as its limit allows.
struct Bounded<R> {
    source: Take<R>,
    length: Option<u64>,
    limit: u64,
    /// Why it cannot be read: what followed would follow a gap.
    failed: Option<io::Error>,
}

impl<R: Read> Bounded<R> {
    fn of(source: R, length: Option<u64>, limit: u64) -> Self {
        // A byte more than the limit tells; the greatest is none.
        let most = length.unwrap_or(limit.saturating_add(1));
        let source = source.take(most);
        Self { source, length, limit, failed: None }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(copy(error));
        }
        // The byte beyond a limit comes alone, and takes none with it.
        let room = match self.length {
            None => (self.source.limit() - 1).max(1),
            Some(_) => u64::MAX,
        };
        let room = room.min(buffer.len() as u64) as usize;
        let read = self.source.read(&mut buffer[..room]);
        let error = match (read, self.length, self.source.limit()) {
            (Ok(0), Some(_), left @ 1..) => {
                let reason = format!(
                    "the request's body ends {left} bytes early"
                );
                Failure::bad_request(reason).into()
            }
            (Ok(_), None, 0) => too_large(self.limit).into(),
            (Err(e), ..) if e.kind() != ErrorKind::Interrupted => e,
            (read, ..) => return read,
        };
        Err(copy(self.failed.insert(error)))
    }
}

/// The same error once more, with a failure's status.
pub(crate) fn copy(error: &io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|e| e.downcast_ref());
    match inner {
        Some(failure) => Failure::clone(failure).into(),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// The answer to a body that is longer than its limit.
pub(crate) fn too_large(limit: u64) -> Failure {
    let reason = format!("the body has more than {limit} bytes");
    Failure::new("413 Content Too Large", reason)
}

/// The answer to a request that stops coming.
#[cfg(feature = "serving")]
pub(crate) fn too_late() -> Failure {
    let reason = "the rest of the request does not come";
    Failure::new("408 Request Timeout", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what it was told, a piece or an error at a time.
    struct Script(Vec<Result<&'static [u8], ErrorKind>>);

    impl Read for Script {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let mut piece = self.0.remove(0)?;
            let length = piece.read(to)?;
            if !piece.is_empty() {
                self.0.insert(0, Ok(piece));
            }
            Ok(length)
        }
    }

    fn script(pieces: &[Result<&'static [u8], ErrorKind>]) -> Script {
        Script(pieces.to_vec())
    }

    #[test]
    fn a_body_ends_where_it_is_said_to_and_no_byte_is_taken_behind() {
        let mut source = script(&[Ok(b"ab"), Ok(b"cde")]);
        let mut body = Bounded::of(source.by_ref(), Some(3), 9);
        let mut text = String::new();
        body.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        assert_eq!(body.read(&mut [0; 9]).unwrap(), 0);
        drop(body);
        assert_eq!(source.0, [Ok(&b"de"[..])]);
    }

    #[test]
    fn an_error_is_there_again_with_its_kind_and_its_status() {
        for (mut body, kind, text) in [
            (
                body(script(&[Ok(b"ab")]), Some(3), 9),
                ErrorKind::InvalidData,
                "400 Bad Request: the request's body ends 1 bytes \
                 early",
            ),
            (
                body(
                    script(&[Ok(b"ab"), Err(ErrorKind::TimedOut)]),
                    Some(9),
                    9,
                ),
                ErrorKind::TimedOut,
                "timed out",
            ),
        ] {
            assert_eq!(body.read(&mut [0; 9]).unwrap(), 2);
            for _ in 0..3 {
                let error = body.read(&mut [0; 9]).unwrap_err();
                assert_eq!(error.kind(), kind);
                assert_eq!(error.to_string(), text);
                let is_failure = kind == ErrorKind::InvalidData;
                let found = Failure::find(&error.into()).is_some();
                assert_eq!(found, is_failure);
            }
        }
    }

    #[test]
    fn an_interruption_is_no_error() {
        let again = Err(ErrorKind::Interrupted);
        for length in [None, Some(3)] {
            let pieces = [again, Ok(&b"ab"[..]), again, Ok(&b"c"[..])];
            let mut body = Bounded::of(script(&pieces), length, 9);
            let mut text = String::new();
            body.read_to_string(&mut text).unwrap();
            assert_eq!(text, "abc");
        }
    }

    #[test]
    fn a_body_may_be_as_long_as_its_limit_and_no_longer() {
        for limit in [2, 3, u64::MAX] {
            let source = script(&[Ok(b"ab"), Ok(b"c"), Ok(b"d")]);
            let mut body = body(source, None, limit);
            let mut text = Vec::new();
            let read = body.read_to_end(&mut text);
            match limit {
                u64::MAX => assert_eq!(read.unwrap(), 4),
                _ => {
                    let error = read.unwrap_err().to_string();
                    let reason =
                        format!("the body has more than {limit} bytes");
                    assert!(error.ends_with(&reason), "{error}");
                    let again = body.read(&mut [0; 9]).unwrap_err();
                    assert_eq!(again.to_string(), error);
                }
            }
        }
        let mut body = body(script(&[Ok(b"ab"), Ok(b"c")]), None, 3);
        assert_eq!(body.read_to_end(&mut Vec::new()).unwrap(), 3);
    }

    #[test]
    fn what_is_within_the_limit_is_given_out_before_the_error() {
        for limit in [0, 1, 3] {
            let mut body = body(script(&[Ok(b"abcd")]), None, limit);
            let mut read = Vec::new();
            body.read_to_end(&mut read).unwrap_err();
            assert_eq!(read, &b"abcd"[..limit as usize]);
        }
    }

    #[test]
    fn all_is_read_up_to_a_limit_which_may_be_the_greatest() {
        for limit in [3, 4, u64::MAX - 1, u64::MAX] {
            let body = read_all(&mut &b"abc"[..], limit).unwrap();
            assert_eq!(body, b"abc");
        }
        for limit in [0, 2] {
            let error = read_all(&mut &b"abc"[..], limit).unwrap_err();
            assert!(error.to_string().starts_with("413 "), "{error}");
        }
        assert_eq!(read_all(&mut io::empty(), 0).unwrap(), b"");
    }
}
