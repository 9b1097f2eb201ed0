//! A body in chunks, taken apart (RFC 9112, section 7.1).

use crate::Failure;
use crate::input::too_large;
use crate::response_head::is_token;

/// The longest line between chunks, with its extensions, in bytes.
const LINE_LIMIT: usize = 256;

/// How many bytes such lines may add up to without a byte of the body
/// between them, and all trailers together.
const LINES_LIMIT: usize = 8 * 1024;

/// Where in a body in chunks the next byte belongs.
pub(crate) struct Chunks {
    place: Place,
    /// The length of the lines since the last byte of the body.
    lines: usize,
    /// How many bytes of lines there may be yet. A chunk for each byte
    /// of a long body is no good faith.
    around: u64,
    limit: u64,
    /// How much of the limit is left.
    left: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In a line with a chunk's size.
    Size,
    /// In a chunk, of which so many bytes are missing.
    Data(u64),
    /// In the line end after a chunk.
    DataEnd,
    /// In the lines after the last chunk.
    Trailer,
    /// After the body.
    End,
}

/// What the next bytes are.
pub(crate) enum Piece {
    /// So many bytes of the body.
    Body(usize),
    /// So many bytes of what is around it.
    Around(usize),
    /// Nothing: they are after the body.
    End,
    /// More must be read to tell.
    Unknown,
}

impl Chunks {
    /// A body that may have so many bytes.
    pub(crate) fn new(limit: u64) -> Self {
        let around = limit.saturating_add(LINES_LIMIT as u64);
        let place = Place::Size;
        Self { place, lines: 0, around, limit, left: limit }
    }

    /// Tells what the next bytes are, and goes on to what follows. Of
    /// the body it takes no more than there is room for.
    ///
    /// # Errors
    ///
    /// They are not what they must be. Nobody knows then where the
    /// body ends.
    pub(crate) fn next(
        &mut self,
        bytes: &[u8],
        room: usize,
    ) -> Result<Piece, Failure> {
        match self.place {
            Place::End => Ok(Piece::End),
            Place::Data(_) if bytes.is_empty() => Ok(Piece::Unknown),
            Place::Data(left) => {
                let there = bytes.len().min(room) as u64;
                let length = left.min(there);
                self.place = match left - length {
                    0 => Place::DataEnd,
                    left => Place::Data(left),
                };
                self.lines = 0;
                Ok(Piece::Body(length as usize))
            }
            _ => self.line(bytes),
        }
    }

    /// Is all of the body used up?
    pub(crate) fn is_over(&self) -> bool {
        self.place == Place::End
    }

    /// Goes on after a line, once all of it is there.
    fn line(&mut self, bytes: &[u8]) -> Result<Piece, Failure> {
        let window = &bytes[..bytes.len().min(LINE_LIMIT)];
        let end = window.iter().position(|&b| b == b'\n');
        let line = &window[..end.unwrap_or(window.len())];
        let before_cr = line.strip_suffix(b"\r");
        let text = before_cr.unwrap_or(line);
        self.refuse(text)?;
        let Some(end) = end else {
            return match bytes.len() < LINE_LIMIT {
                true => Ok(Piece::Unknown),
                false => bad("a line is too long"),
            };
        };
        if before_cr.is_none() {
            return bad("a line ends without CR");
        }
        let length = end + 1;
        self.lines += length;
        self.around = self.around.saturating_sub(length as u64);
        if self.lines > LINES_LIMIT || self.around == 0 {
            return bad("too much around the chunks");
        }
        self.place = self.after(text)?;
        Ok(Piece::Around(length))
    }

    /// What can no longer be right is not waited for: the line may not
    /// be whole yet.
    fn refuse(&self, line: &[u8]) -> Result<(), Failure> {
        let is_control = |b: &u8| b.is_ascii_control() && *b != b'\t';
        match (self.place, line) {
            (_, line) if line.iter().any(is_control) => {
                bad("a control character in a line")
            }
            (Place::DataEnd, [_, ..]) => {
                bad("a chunk longer than its size")
            }
            (Place::Size, [b, ..]) if !b.is_ascii_hexdigit() => {
                bad("a chunk without a size")
            }
            _ => Ok(()),
        }
    }

    /// Where a whole line leads.
    fn after(&mut self, line: &[u8]) -> Result<Place, Failure> {
        match (self.place, line) {
            (Place::Size, line) => match size(line) {
                None => bad("a chunk without a size"),
                Some(0) => Ok(Place::Trailer),
                Some(size) if size > self.left => {
                    Err(too_large(self.limit))
                }
                Some(size) => {
                    self.left -= size;
                    Ok(Place::Data(size))
                }
            },
            (Place::Trailer, []) => Ok(Place::End),
            (Place::Trailer, line) if !is_field_line(line) => {
                bad("a trailer that is no field")
            }
            (Place::Trailer, _) => Ok(Place::Trailer),
            _ => Ok(Place::Size),
        }
    }
}

/// A chunk's size, in hexadecimal digits. Extensions may follow, of
/// which nobody has ever agreed on any.
fn size(line: &[u8]) -> Option<u64> {
    let line = String::from_utf8_lossy(line);
    let end = line.find(|c: char| !c.is_ascii_hexdigit());
    let (digits, mut rest) = line.split_at(end.unwrap_or(line.len()));
    while !rest.is_empty() {
        rest = extension(rest)?;
    }
    u64::from_str_radix(digits, 16).ok()
}

/// What follows `; name`, `; name=token` or `; name="text"` (RFC 9112,
/// section 7.1.1).
fn extension(text: &str) -> Option<&str> {
    let after = blank(text).strip_prefix(';')?;
    let rest = token(blank(after))?;
    let Some(value) = blank(rest).strip_prefix('=') else {
        return Some(rest);
    };
    let Some(mut quoted) = blank(value).strip_prefix('"') else {
        return token(blank(value));
    };
    loop {
        let mut chars = quoted.chars();
        match chars.next()? {
            '"' => return Some(chars.as_str()),
            '\\' => drop(chars.next()?),
            _ => {}
        }
        quoted = chars.as_str();
    }
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// What follows a token.
fn token(text: &str) -> Option<&str> {
    let end = text.bytes().position(|b| !is_token(b));
    let end = end.unwrap_or(text.len());
    (end > 0).then(|| &text[end..])
}

/// A line as in a head (RFC 9112, section 5). What it says is thrown
/// away (section 7.1.2).
fn is_field_line(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    token(&line).is_some_and(|rest| rest.starts_with(':'))
}

fn bad<T>(reason: &str) -> Result<T, Failure> {
    Err(Failure::bad_request(format!("body in chunks: {reason}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body, if `input` is one and nothing follows, read in steps.
    fn decode(input: &[u8], step: usize) -> Result<Vec<u8>, String> {
        let mut chunks = Chunks::new(100);
        let (mut body, mut at, mut there) = (Vec::new(), 0, 0);
        loop {
            let piece = chunks.next(&input[at..there], 3);
            match piece.map_err(|error| error.reason)? {
                Piece::Body(length) => {
                    body.extend(&input[at..at + length]);
                    at += length;
                }
                Piece::Around(length) => at += length,
                Piece::Unknown if there == input.len() => {
                    return Err("cut".into());
                }
                Piece::Unknown => there = input.len().min(there + step),
                Piece::End if at < input.len() => {
                    return Err("more".into());
                }
                Piece::End => return Ok(body),
            }
        }
    }

    #[test]
    fn a_body_is_the_same_however_it_arrives() {
        let input =
            b"2;a=\"b\"\r\nHe\r\n003\r\nllo\r\n0\r\nX: y\r\n\r\n";
        for step in 1..=input.len() {
            assert_eq!(decode(input, step), Ok(b"Hello".to_vec()));
        }
    }

    #[test]
    fn what_is_cut_or_broken_is_no_body() {
        for input in [
            "",
            "5\r\nHel",
            "5\r\nHello\r\n",
            "5\r\nHello\r\n0\r\n",
            "\r\n",
            "-1\r\n",
            "+5\r\nHello\r\n0\r\n\r\n",
            "5\nHello\r\n0\r\n\r\n",
            "5\r\nHello0\r\n\r\n",
            "5\r\nHello\n0\r\n\r\n",
            "5;\u{1}\r\nHello\r\n0\r\n\r\n",
            "5 x\r\nHello\r\n0\r\n\r\n",
            "10000000000000000\r\n",
            "65\r\n",
        ] {
            assert!(decode(input.as_bytes(), 1).is_err(), "{input:?}");
        }
    }

    #[test]
    fn the_chunks_together_are_limited() {
        let half = format!("32\r\n{}\r\n", "x".repeat(50));
        let whole = [&half, &half, "0\r\n\r\n"].concat();
        assert_eq!(
            decode(whole.as_bytes(), 9).map(|b| b.len()),
            Ok(100)
        );
        let more = [&half, &half, "1\r\nx\r\n0\r\n\r\n"].concat();
        let reason = "the body has more than 100 bytes".to_string();
        assert_eq!(decode(more.as_bytes(), 9), Err(reason));
    }

    #[test]
    fn lines_are_limited() {
        let long =
            format!("5;{}\r\nHello\r\n0\r\n\r\n", "x".repeat(300));
        assert!(decode(long.as_bytes(), 100).is_err());
        let many = format!("0\r\n{}\r\n", "X: y\r\n".repeat(2000));
        assert!(decode(many.as_bytes(), 100).is_err());
        let few = format!("0\r\n{}\r\n", "X: y\r\n".repeat(1000));
        assert_eq!(decode(few.as_bytes(), 100), Ok(Vec::new()));
    }
}
