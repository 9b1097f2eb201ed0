//! Compresses what gains by it, block by block.

use crate::{
    Application, Block, Headers, Layer, ResponseHead, Result,
    StartResponse,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::mem;

/// Compresses text for clients that accept it (RFC 9110, section
/// 12.5.3).
///
/// Each block is flushed: the client can show it before the next is
/// made. What is small, is compressed already, or may not be changed,
/// as a part of a file may not, stays as it is.
///
/// A page that repeats what a visitor has sent, beside a secret, tells
/// by its length how much of the secret he has guessed. Such a page
/// says `Cache-Control: no-transform`.
///
/// ```
/// use gateway::{middleware, testing};
///
/// let app = middleware::gzip(gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain"), ("ETag", "\"1\"")];
///     Ok(start_response("200 OK", &text)?.body("ha".repeat(1000)))
/// }));
/// let mut environ = testing::environ("GET", "/");
/// environ.set("HTTP_ACCEPT_ENCODING", "br, gzip;q=0.8");
/// let answer = testing::ask(&app, environ);
/// assert_eq!(answer.headers.get("Content-Encoding"), Some("gzip"));
/// assert_eq!(answer.headers.get("Vary"), Some("Accept-Encoding"));
/// assert_eq!(answer.headers.get("ETag"), Some("W/\"1\""));
/// assert!(answer.body.len() < 100);
/// ```
pub fn gzip<A: Application>(app: A) -> impl Application {
    crate::app(move |environ, start_response| {
        // From who says nothing, nothing is expected.
        let accepted = environ.get("HTTP_ACCEPT_ENCODING");
        let gzip = Gzip {
            is_wanted: accepted.is_some_and(|a| prefers_gzip(&a)),
            is_head: environ.bytes("REQUEST_METHOD") == Some(b"HEAD"),
            encoder: None,
        };
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(gzip))
        });
        app.call(environ, start)
    })
}

struct Gzip {
    is_wanted: bool,
    is_head: bool,
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Layer for Gzip {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        // It has the fields that the whole answer would have (section
        // 15.4.5), as far as that can be seen from here.
        let is_304 = head.status.starts_with("304");
        if !is_304 && !self.gains(head) {
            return Ok(());
        }
        let headers = &mut head.headers;
        // Also if it is plain (section 12.5.5).
        headers.add_to_vary("Accept-Encoding");
        if self.is_wanted {
            weaken(headers);
        }
        if self.is_wanted && !is_304 {
            headers.set("Content-Encoding", "gzip");
            for of_other_bytes in OF_THESE_BYTES {
                headers.remove(of_other_bytes);
            }
            head.length = None;
            let level = Compression::default();
            self.encoder = Some(GzEncoder::new(Vec::new(), level));
        }
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        let Some(encoder) = &mut self.encoder else {
            return Ok(block);
        };
        encoder.write_all(&block)?;
        // Of a long block one flush may leave some behind.
        while !encoder.get_ref().ends_with(FLUSHED) {
            encoder.flush()?;
        }
        Ok(mem::take(encoder.get_mut()).into())
    }

    fn end(&mut self) -> Result<Block> {
        let Some(encoder) = self.encoder.take() else {
            return Ok(Block::default());
        };
        Ok(encoder.finish()?.into())
    }
}

/// The end of what is flushed (RFC 1951, section 3.2.4: a stored block
/// without content).
const FLUSHED: &[u8] = &[0, 0, 0xff, 0xff];

/// Bodies below this many bytes are sent in one packet anyway.
const SMALL: u64 = 200;

/// What is said of bytes that gzip makes others of.
const OF_THESE_BYTES: [&str; 4] =
    ["Accept-Ranges", "Content-Digest", "Content-MD5", "Repr-Digest"];

impl Gzip {
    /// Is there a body that gets shorter, and may it be changed?
    fn gains(&self, head: &ResponseHead) -> bool {
        let is_small = match head.length {
            // Some make no body when it is not sent anyway.
            Some(0) => !self.is_head,
            Some(length) => length < SMALL,
            None => false,
        };
        let is = |status: &&str| head.status.starts_with(status);
        let has = |name| head.headers.get(name).is_some();
        !is_small
            && !["204", "205", "206", "304"].iter().any(is)
            && !has("Content-Encoding")
            && !head
                .headers
                .members("Cache-Control")
                .iter()
                .any(|m| m.eq_ignore_ascii_case("no-transform"))
            && head.headers.get("Content-Type").is_some_and(is_text)
    }
}

/// Pictures, sound and archives are compressed already.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    let (first, second) = kind.split_once('/').unwrap_or_default();
    let format = second.rsplit('+').next().unwrap_or_default();
    first == "text"
        || ["json", "xml"].contains(&format)
        || first == "application"
            && ["javascript", "x-ndjson", "wasm"].contains(&second)
}

/// A strong tag is of these bytes and no others (section 8.8.3.3).
fn weaken(headers: &mut Headers) {
    let tag = headers.get("ETag").filter(|tag| !tag.starts_with("W/"));
    if let Some(weak) = tag.map(|tag| format!("W/{tag}")) {
        headers.set("ETag", weak);
    }
}

/// Is gzip acceptable, and no worse than what is not compressed?
fn prefers_gzip(accepted: &str) -> bool {
    let weight = |coding| weight(accepted, coding);
    let gzip = weight("gzip").max(weight("x-gzip"));
    let gzip = gzip.or(weight("*")).filter(|weight| *weight > 0);
    gzip.is_some() && gzip >= weight("identity")
}

/// The weight of a coding, if it is listed.
fn weight(accepted: &str, coding: &str) -> Option<u16> {
    let members = accepted.split(',');
    let members =
        members.map(|m| m.split_once(';').unwrap_or((m, "q=1")));
    let is = |name: &str| name.trim().eq_ignore_ascii_case(coding);
    let weights = members.filter(|(name, _)| is(name));
    weights.map(|(_, q)| thousandths(q.trim()).unwrap_or(0)).max()
}

/// `q=0.5` (section 12.4.2). What is no weight counts as a refusal.
fn thousandths(weight: &str) -> Option<u16> {
    let (name, value) = weight.split_once('=')?;
    let is_number = |b: u8| b.is_ascii_digit() || b == b'.';
    let is_value = name.eq_ignore_ascii_case("q")
        && value.starts_with(['0', '1'])
        && value.len() <= "0.000".len()
        && value.bytes().all(is_number);
    let value = value.parse().ok().filter(|v: &f32| *v <= 1.0);
    value.filter(|_| is_value).map(|v| (v * 1000.0) as u16)
}
