//! The head of a request, taken apart.

use crate::Failure;
use crate::request_head::{FIELD_LIMIT, Field, RequestHead, TOO_LARGE};
use httparse::{EMPTY_HEADER, Status};

/// Room for the fields of a head.
pub(crate) type Fields<'a> = [Field<'a>; FIELD_LIMIT];

pub(crate) const NO_FIELDS: Fields = [("", b""); FIELD_LIMIT];

/// Takes a head apart. What it says is not looked at yet.
///
/// # Errors
///
/// It is none (RFC 9112, sections 3 and 5).
pub(crate) fn parse<'a>(
    head: &'a [u8],
    fields: &'a mut Fields<'a>,
) -> Result<RequestHead<'a>, Failure> {
    let (line, rest) = split_line(head);
    let mut words = line.splitn(3, |&b| b == b' ');
    let mut word = || words.next().unwrap_or_default();
    let (method, target, version) = (word(), word(), word());
    let Ok(method) = str::from_utf8(method) else {
        return bad("a method that is no text");
    };
    let version = match version {
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            (major - b'0', minor - b'0')
        }
        _ => return bad("no HTTP version at the end of its line"),
    };
    let fields = parse_fields(rest, fields)?;
    Ok(RequestHead { method, target, version, fields })
}

/// The first line, for the log as well, and what follows it.
pub(crate) fn split_line(head: &[u8]) -> (&[u8], &[u8]) {
    let end = head.windows(2).position(|w| w == b"\r\n");
    match end {
        Some(end) => (&head[..end], &head[end + 2..]),
        None => (head, &[]),
    }
}

fn parse_fields<'a>(
    lines: &'a [u8],
    fields: &'a mut Fields<'a>,
) -> Result<&'a [Field<'a>], Failure> {
    let mut headers = [EMPTY_HEADER; FIELD_LIMIT];
    match httparse::parse_headers(lines, &mut headers) {
        Ok(Status::Complete((_, headers))) => {
            for (field, header) in fields.iter_mut().zip(headers) {
                *field = (header.name, header.value);
            }
            Ok(&fields[..headers.len()])
        }
        Err(httparse::Error::TooManyHeaders) => {
            let reason = format!("more than {FIELD_LIMIT} fields");
            Err(Failure::new(TOO_LARGE, reason))
        }
        Err(error) => bad(&format!("fields: {error}")),
        Ok(Status::Partial) => bad("fields without an end"),
    }
}

fn bad<T>(reason: &str) -> Result<T, Failure> {
    Err(Failure::bad_request(reason))
}
