//! Requests, and what RFC 9110 says of their answers.

use super::site;
use flate2::bufread::GzDecoder;
use std::io::Read;

/// One request and its answer.
pub struct Case {
    /// What is tried, and the section that says what is right.
    pub name: &'static str,
    /// `GET /text`
    pub request: &'static str,
    /// `200 gzip`, `200 plain`, `206 line`, `304`
    answer: &'static str,
    /// `> If-Match: *` is sent, `< Vary: *` must come, and `<- Vary`
    /// must not.
    fields: Vec<&'static str>,
}

impl Case {
    pub fn method(&self) -> &'static str {
        self.request.split(' ').next().unwrap()
    }

    pub fn path(&self) -> &'static str {
        self.request.split(' ').nth(1).unwrap()
    }

    /// The fields that are sent.
    pub fn sent(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let sent =
            self.fields.iter().filter_map(|f| f.strip_prefix("> "));
        let field = |f: &'static str| f.split_once(':').unwrap();
        sent.map(move |f| (field(f).0, field(f).1.trim()))
    }

    /// Does it expect a field that begins like this?
    #[allow(dead_code, reason = "web servers have their own will")]
    pub fn expects(&self, field: &str) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|f| {
            f.strip_prefix("< ").is_some_and(|f| f.starts_with(field))
        })
    }

    /// What is wrong with an answer, if something is.
    pub fn fault(
        &self,
        status: &str,
        get: impl Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Option<String> {
        let (code, kind) =
            self.answer.split_once(' ').unwrap_or((self.answer, "any"));
        if !status.starts_with(code) {
            return Some(format!("{status}, and not {}", self.answer));
        }
        for field in &self.fields {
            let (mark, field) = field.split_once(' ').unwrap();
            let (name, value) = match field.split_once(": ") {
                Some((name, value)) => (name, Some(value)),
                None => (field, None),
            };
            // Apache sets no space behind a comma.
            let got = get(name).map(|v| v.replace(", ", ","));
            let value = value.map(|v| v.replace(", ", ","));
            if mark != ">" && got != value {
                return Some(format!("{name}: {got:?}"));
            }
        }
        let encoding = get("Content-Encoding");
        let whole = site::content(self.path());
        let is_right = match kind {
            _ if self.method() == "HEAD" => body.is_empty(),
            "gzip" => {
                encoding.as_deref() == Some("gzip")
                    && gunzip(body).is_some_and(|b| b == whole)
            }
            "plain" => encoding.is_none() && body == whole,
            "as it is" => body == whole,
            "line" => {
                encoding.is_none() && body == site::LINE.as_bytes()
            }
            _ => true,
        };
        (!is_right).then(|| format!("{encoding:?}, {}", body.len()))
    }
}

/// All of a gzip stream, which ends where the bytes do.
pub fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut decoder = GzDecoder::new(bytes);
    decoder.read_to_end(&mut plain).ok()?;
    decoder.into_inner().is_empty().then_some(plain)
}

pub fn all() -> Vec<Case> {
    let text = include_str!("table.txt");
    let blocks = text.split("\n\n").filter(|b| !b.starts_with('#'));
    let case = |block: &'static str| {
        let mut lines = block.lines();
        let name = lines.next()?;
        let (request, answer) = lines.next()?.split_once(": ")?;
        let fields = lines.collect();
        Some(Case { name, request, answer, fields })
    };
    blocks.map(|block| case(block).expect(block)).collect()
}
