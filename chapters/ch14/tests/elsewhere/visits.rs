//! What a visitor does at each application: the same at every server.

mod calendars;
mod dav;
mod httpbin;
mod packages;
mod project;
mod streams;

use crate::visit::Visit;

/// An application, as `module:name`, and its visit.
pub type Visited = (&'static str, fn(&mut Visit));

pub const ALL: [Visited; 6] = [
    ("httpbin:app", httpbin::visit),
    ("project", project::visit),
    ("dav", dav::visit),
    ("packages", packages::visit),
    ("calendars", calendars::visit),
    ("streams:app", streams::visit),
];

/// A body of lines, of which no two near each other are the same.
fn long(size: usize) -> Vec<u8> {
    let lines: String =
        (0..9973).map(|n| format!("{n:07}\n")).collect();
    let mut body = lines.repeat(size / lines.len() + 1).into_bytes();
    body.truncate(size);
    body
}

/// A form with a field and a file, in parts.
fn parts(text: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\
         {text}\r\n--limit\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"caf\u{e9}.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--limit--\r\n"].concat()
}

const PARTS: &str = "Content-Type: multipart/form-data; boundary=limit";

/// The same bytes, in chunks of a size.
fn chunks(body: &[u8], size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for chunk in body.chunks(size) {
        all.extend(format!("{:x}\r\n", chunk.len()).bytes());
        all.extend(chunk);
        all.extend(b"\r\n");
    }
    all.extend(b"0\r\n\r\n");
    all
}

const CHUNKED: &str = "Transfer-Encoding: chunked";
