//! A visitor of a site, who keeps cookies and notes all answers.

use crate::exchange::exchange;
use crate::http::Answer;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;

/// Headers that are the servers' own, and not the application's.
const SERVERS: [&str; 6] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
];

pub struct Visit {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    /// Fields that each request has.
    pub fields: Vec<String>,
    /// What is different each time: what stands before it, and the
    /// byte after it.
    pub masks: &'static [(&'static str, char)],
    /// Headers that are.
    pub masked: &'static [&'static str],
    pub answers: Vec<(String, Answer)>,
}

impl Visit {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
            fields: Vec::new(),
            masks: &[],
            masked: &[],
            answers: Vec::new(),
        }
    }

    pub fn get(&mut self, target: &str) -> Answer {
        self.ask(&format!("GET {target}"), &[], b"")
    }

    /// A form, in the way of browsers.
    pub fn post(&mut self, target: &str, form: &str) -> Answer {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        self.ask(&format!("POST {target}"), &[kind], form.as_bytes())
    }

    /// Sends a request, such as `GET /path`, and notes the answer under
    /// that name. It has a length if there is a body, or is in chunks
    /// if a field says so.
    pub fn ask(
        &mut self,
        line: &str,
        fields: &[&str],
        body: &[u8],
    ) -> Answer {
        let request = self.request(line, fields, body);
        let bytes = exchange(self.address, &request, line);
        let answer = Answer::parse(&request, &bytes);
        for (name, value) in &answer.fields {
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.into(), value.into());
            }
        }
        let mut name = line.to_string();
        while self.answers.iter().any(|(other, _)| *other == name) {
            name += " again";
        }
        let noted = self.noted(&answer);
        self.answers.push((name, noted));
        answer
    }

    fn request(
        &self,
        line: &str,
        fields: &[&str],
        body: &[u8],
    ) -> Vec<u8> {
        let mut head = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        );
        let fields = fields.iter().copied();
        for field in fields.chain(self.fields.iter().map(|f| &**f)) {
            head += &format!("{field}\r\n");
        }
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            head += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        let is_framed = head.contains("Transfer-Encoding")
            || head.contains("Content-Length");
        if !body.is_empty() && !is_framed {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        [head.as_bytes(), b"\r\n", body].concat()
    }

    /// Without what differs by the server or the time.
    fn noted(&self, answer: &Answer) -> Answer {
        let fields = answer.fields.iter();
        let is_the_applications = |name: &String| {
            !SERVERS.iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        let fields =
            fields.filter(|(name, _)| is_the_applications(name));
        let mask = |text: &str| {
            let masks = self.masks.iter();
            masks.fold(text.to_string(), |text, &(before, after)| {
                masked(&text, before, after)
            })
        };
        let body = match answer.body.len() {
            // Too long to be looked into.
            size @ 1_000_001.. => {
                let mut hasher = DefaultHasher::new();
                answer.body.hash(&mut hasher);
                let hash = hasher.finish();
                format!("{size} bytes, {hash:x}").into_bytes()
            }
            _ => match str::from_utf8(&answer.body) {
                Ok(text) => mask(text).into_bytes(),
                Err(_) => without_time(&answer.body),
            },
        };
        Answer {
            interim: answer.interim.clone(),
            version: answer.version.clone(),
            status: answer.status.clone(),
            fields: fields
                .map(|(name, value)| {
                    let name = name.to_ascii_lowercase();
                    let is_masked = self.masked.contains(&&*name);
                    let value = match is_masked {
                        true => "*".into(),
                        false => mask(value),
                    };
                    (name, value)
                })
                .collect(),
            // The framing is the server's; whether it is true is not.
            end: match &*answer.end {
                "by chunks, without the last" => answer.end.clone(),
                end if end.contains("after")
                    && end != "after the head" =>
                {
                    end.into()
                }
                _ => String::new(),
            },
            body,
            rest: answer.rest.clone(),
        }
    }
}

/// A body in gzip has a time at byte 4 (RFC 1952, section 2.3).
fn without_time(body: &[u8]) -> Vec<u8> {
    match body {
        [0x1f, 0x8b, a, b, _, _, _, _, rest @ ..] => {
            [&[0x1f, 0x8b, *a, *b], rest].concat()
        }
        _ => body.to_vec(),
    }
}

/// The text, with `*` for all that stands between these two.
fn masked(text: &str, before: &str, after: char) -> String {
    let mut parts = text.split(before);
    let mut masked = parts.next().unwrap().to_string();
    for part in parts {
        let rest = part.find(after).map_or("", |end| &part[end..]);
        masked += &format!("{before}*{rest}");
    }
    masked
}

#[test]
fn what_is_masked_is_told_by_what_stands_around_it() {
    let text = "a=1;b=2;a=3";
    assert_eq!(masked(text, "a=", ';'), "a=*;b=2;a=*");
    assert_eq!(masked(text, "c=", ';'), text);
}
