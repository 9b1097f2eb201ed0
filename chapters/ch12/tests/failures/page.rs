//! The debugger's page, as a browser has it: what can be read, and the
//! form that asks for another try.

use crate::http::{Answer, send_and_stay};
use std::net::SocketAddr;

/// Asks as a browser does; `fields` are lines of the head.
pub fn ask(
    address: SocketAddr,
    line: &str,
    fields: &str,
    body: &str,
) -> Answer {
    let length = match body {
        "" => String::new(),
        body => format!("Content-Length: {}\r\n", body.len()),
    };
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         {fields}{length}\r\n{body}"
    );
    let answer = send_and_stay(address, request.as_bytes());
    Answer::parse(request.as_bytes(), &answer)
}

/// What the browser accepts.
pub const HTML: &str = "Accept: text/html,*/*;q=0.8\r\n";

pub fn get(address: SocketAddr, path: &str, fields: &str) -> Answer {
    ask(address, &format!("GET {path}"), fields, "")
}

/// What can be read of a page, or a report that is text.
#[derive(Debug)]
pub struct Report(pub String);

impl Report {
    pub fn of(answer: &Answer) -> Self {
        let page = answer.text();
        let kind = answer.get("Content-Type").unwrap_or_default();
        if !kind.starts_with("text/html") {
            return Self(page);
        }
        let (_, body) = page.split_once("<main>").unwrap_or_default();
        // What is behind a `<` is markup up to the `>`.
        let pieces = body.split('<').map(|piece| {
            let text = piece.split_once('>').map(|(_, text)| text);
            text.unwrap_or(piece)
        });
        Self(unescaped(&pieces.collect::<String>()))
    }

    /// The place where it says that the error began, and the line that
    /// is marked there.
    pub fn began(&self) -> Option<(&str, &str)> {
        let (_, began) = self.0.split_once("It began at\n")?;
        let mut lines = began.lines();
        let place = lines.next()?.trim();
        let marked = lines.find(|line| line.starts_with("> "));
        Some((place, marked.unwrap_or("nothing")))
    }
}

/// The form that asks for another try.
#[derive(Debug)]
pub struct Form {
    pub path: String,
    pub last: String,
    pub request: String,
}

impl Form {
    /// That of a page, if it has one.
    pub fn of(answer: &Answer) -> Option<Self> {
        let page = answer.text();
        let between = |start: &str, end: &str| {
            let (_, rest) = page.split_once(start)?;
            Some(unescaped(rest.split_once(end)?.0))
        };
        // The line break behind the tag is none of the text's.
        let request = between("<textarea", "</textarea>")?;
        let (_, request) = request.split_once(">\n")?;
        Some(Self {
            path: between("<form method=\"post\" action=\"", "\"")?,
            last: between("name=\"last\" value=\"", "\"")?,
            request: request.into(),
        })
    }

    /// Presses the button.
    pub fn send(&self, address: SocketAddr) -> Answer {
        let Self { path, last, request } = self;
        let fields = [("last", last), ("request", request)];
        let parts = fields.map(|(name, value)| {
            // Browsers send line breaks so.
            let value = value.replace('\n', "\r\n");
            format!(
                "--boundary\r\nContent-Disposition: form-data; \
                 name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        });
        let body = parts.concat() + "--boundary--\r\n";
        let fields = format!(
            "{HTML}Origin: http://{address}\r\nContent-Type: \
             multipart/form-data; boundary=boundary\r\n"
        );
        ask(address, &format!("POST {path}"), &fields, &body)
    }
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}
