//! What the two sides of a connection say, as rows of a drawing.

use std::time::Instant;

/// How many bytes of a body are drawn, of those that come at once.
const SHOWN: usize = 400;

#[derive(Clone, Copy)]
pub enum Side {
    Client,
    Server,
}

/// What is said on a connection.
pub struct Talk {
    number: usize,
    began: Instant,
    /// How much of a body is to come from each side, as far as its last
    /// head said so.
    left: [Option<usize>; 2],
}

pub fn heading() -> String {
    format!("  #       ms  client{:>59}\n", "server")
}

impl Talk {
    pub fn new(number: usize) -> Self {
        Self { number, began: Instant::now(), left: [None; 2] }
    }

    /// An arrow to the other side, and below it what is said.
    pub fn draw(
        &mut self,
        side: Side,
        what: &str,
        bytes: &[u8],
    ) -> String {
        let time = self.began.elapsed().as_secs_f64() * 1000.0;
        let start = format!("{:3} {time:8.1} ", self.number);
        let what = format!("─ {what:.60} ─");
        let (arrow, indent) = match side {
            Side::Client => (format!("{what:─<64}▶"), 1),
            Side::Server => (format!("◀{what:─>64}"), 14),
        };
        let mut drawing = format!("{start}│{arrow}│\n");
        for line in lines(bytes, &mut self.left[side as usize]) {
            for text in folded(&line) {
                let text = format!("{:indent$}{text}", "");
                drawing += &format!("{:13}│{text:65}│\n", "");
            }
        }
        drawing
    }
}

/// What is to be read of bytes that come at once: heads whole, and the
/// beginnings of bodies.
fn lines(mut bytes: &[u8], left: &mut Option<usize>) -> Vec<String> {
    let mut lines = Vec::new();
    while !bytes.is_empty() {
        // What begins so follows an answer whose body is left out.
        let is_answer = bytes.starts_with(b"HTTP/");
        let length = match (*left, head(bytes)) {
            (Some(known @ 1..), _) if !is_answer => {
                let length = bytes.len().min(known);
                lines.extend(beginning(&bytes[..length]));
                *left = Some(known - length);
                length
            }
            (_, Some(head)) => {
                lines.extend(texts(head));
                *left = Some(body_length(head));
                head.len()
            }
            (None, None) if is_binary(bytes) => {
                lines.push(strange(bytes));
                bytes.len()
            }
            // Of a body whose length nobody said, or of a head.
            _ => {
                lines.extend(beginning(bytes));
                bytes.len()
            }
        };
        bytes = &bytes[length..];
    }
    lines
}

/// The head that these bytes begin with, if all of it is there.
fn head(bytes: &[u8]) -> Option<&[u8]> {
    let first = bytes.split(|&byte| byte == b'\r').next()?;
    let mut words = first.split(|&byte| byte == b' ');
    let is_http = |word: &[u8]| word.starts_with(b"HTTP/");
    if !is_http(words.next()?)
        && !words.next_back().is_some_and(is_http)
    {
        return None;
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(&bytes[..end + 4])
}

/// What Content-Length says.
fn body_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let mut fields = head.lines().filter_map(|l| l.split_once(':'));
    let length = fields
        .find(|(name, _)| name.eq_ignore_ascii_case("Content-Length"));
    length.and_then(|(_, n)| n.trim().parse().ok()).unwrap_or(0)
}

/// What begins as no head of HTTP does.
fn strange(bytes: &[u8]) -> String {
    let count = count(bytes.len());
    match bytes.starts_with(&[0x16, 3]) {
        true => {
            format!("({count} of TLS: ask for http://, not https://)")
        }
        false => format!("({count} that are not HTTP)"),
    }
}

/// The beginning of a body, or how long it is if it is no text.
fn beginning(body: &[u8]) -> Vec<String> {
    let mut shown = body.len().min(SHOWN);
    // No character is cut.
    while shown > 0
        && body.get(shown).is_some_and(|byte| byte >> 6 == 0b10)
    {
        shown -= 1;
    }
    let (start, rest) = body.split_at(shown);
    if shown == 0 || is_binary(start) {
        return vec![format!("({})", count(body.len()))];
    }
    let mut lines = texts(start);
    if !rest.is_empty() {
        lines.push(format!("… {} more", count(rest.len())));
    }
    lines
}

/// Is a tenth of it, or more, nothing that is in a text?
fn is_binary(bytes: &[u8]) -> bool {
    let is_odd = |c: char| c.is_control() && !c.is_whitespace();
    let odd = bytes.utf8_chunks().map(|chunk| {
        chunk.valid().matches(is_odd).count() + chunk.invalid().len()
    });
    odd.sum::<usize>() * 10 > bytes.len()
}

/// Lines without their ends, and without what a terminal would obey.
fn texts(bytes: &[u8]) -> Vec<String> {
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    lines.map(visible).collect()
}

fn visible(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut text = String::new();
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\'' => text.push(c),
                c => text.extend(c.escape_debug()),
            }
        }
        text += &chunk.invalid().escape_ascii().to_string();
    }
    text
}

/// A line in pieces that fit into a side's column.
fn folded(line: &str) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    match chars.is_empty() {
        true => vec![String::new()],
        false => chars.chunks(50).map(String::from_iter).collect(),
    }
}

/// A number of bytes: `3,211 bytes`.
pub fn count(bytes: usize) -> String {
    let s = if bytes == 1 { "" } else { "s" };
    format!("{} byte{s}", grouped(bytes))
}

fn grouped(number: usize) -> String {
    let (thousands, rest) = (number / 1000, number % 1000);
    match thousands {
        0 => rest.to_string(),
        _ => format!("{},{rest:03}", grouped(thousands)),
    }
}
