//! The answers in what has come over a connection.

use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};

/// An answer, as far as it is looked at.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// A 1xx or 204 must not have a Content-Length.
    pub has_length: bool,
}

impl Answer {
    pub fn is_interim(&self) -> bool {
        self.status < 200
    }
}

/// All answers, and whether there is something else behind them.
pub fn answers(mut bytes: &[u8]) -> (Vec<Answer>, bool) {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let Some((answer, length)) = first(bytes) else {
            return (all, true);
        };
        all.push(answer);
        bytes = bytes.get(length..).unwrap_or_default();
    }
    (all, false)
}

/// The first, and how long it is with its body.
fn first(bytes: &[u8]) -> Option<(Answer, usize)> {
    let mut fields = [EMPTY_HEADER; 100];
    let mut response = Response::new(&mut fields);
    let Ok(Status::Complete(head)) = response.parse(bytes) else {
        return None;
    };
    let status = response.code?;
    let value = |name: &str| {
        let mut fields = response.headers.iter();
        let field = fields.find(|f| f.name.eq_ignore_ascii_case(name));
        field.map(|f| String::from_utf8_lossy(f.value).to_lowercase())
    };
    let length = value("Content-Length");
    let answer = Answer { status, has_length: length.is_some() };
    let rest = &bytes[head..];
    let has_none = matches!(status, 100..200 | 204 | 304);
    // After a HEAD, there is a length and no body.
    let body = if has_none || rest.starts_with(b"HTTP/1.") {
        0
    } else if value("Transfer-Encoding").is_some() {
        chunks(rest)
    } else {
        let length = length.and_then(|length| length.parse().ok());
        length.unwrap_or(rest.len())
    };
    Some((answer, head.saturating_add(body)))
}

/// How long a body in chunks is; all, if it has no end.
fn chunks(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        let Ok(Status::Complete((head, size))) = parse_chunk_size(rest)
        else {
            break;
        };
        at = at.saturating_add(head).saturating_add(size as usize);
        // CR LF; trailers are rare in an answer.
        at = at.saturating_add(2);
        if size == 0 {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(text: &str) -> (Vec<u16>, bool) {
        let (all, is_strange) = answers(text.as_bytes());
        (all.iter().map(|a| a.status).collect(), is_strange)
    }

    #[test]
    fn an_answer_in_a_body_is_none() {
        let body = "HTTP/1.1 418 x\r\n\r\n";
        let length = format!("x{body}").len();
        let text = format!(
            "HTTP/1.1 100 Continue\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nx{body}\
             HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n\
             1\r\nx\r\n0\r\n\r\n\
             HTTP/1.0 400 Bad\r\n\r\n<p>HTTP/1.1 500"
        );
        assert_eq!(statuses(&text), (vec![100, 200, 404, 400], false));
    }

    #[test]
    fn an_answer_to_a_head_has_a_length_and_no_body() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
        let text = format!("{head}{head}");
        assert_eq!(statuses(&text), (vec![200, 200], false));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        assert_eq!(statuses("<p>Hello"), (vec![], true));
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP";
        assert_eq!(statuses(text), (vec![200], true));
        assert_eq!(statuses(""), (vec![], false));
    }
}
