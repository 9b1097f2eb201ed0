//! What is said of a failure, in HTML.

use super::guard::random;
use super::report::{Place, Report, Shown};
use crate::{Environ, Failure, Response, Result, StartResponse};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::env;

/// A page that is for one reader, and for no other site: it is not
/// kept, not framed, and nothing is run or loaded in it.
pub struct Page {
    headers: [(&'static str, String); 6],
    body: String,
}

impl Page {
    fn new(kind: &str, policy: &str, body: String) -> Self {
        let policy = format!(
            "default-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'; {policy}"
        );
        let headers = [
            ("Content-Type", format!("text/{kind}; charset=utf-8")),
            ("Content-Security-Policy", policy),
            ("X-Frame-Options", "DENY".into()),
            ("X-Content-Type-Options", "nosniff".into()),
            ("Referrer-Policy", "same-origin".into()),
            ("Cache-Control", "no-store".into()),
        ];
        Self { headers, body }
    }

    pub fn text(body: String) -> Self {
        Self::new("plain", "", body)
    }

    /// Does whoever asks accept HTML?
    pub fn is_html(environ: &Environ) -> bool {
        let accept = environ.get("HTTP_ACCEPT");
        accept.is_some_and(|accept| accept.contains("text/html"))
    }

    /// Puts it in the place of a failure's own page.
    pub fn fail(self, mut failure: Failure) -> Failure {
        let [(_, kind), headers @ ..] = self.headers;
        failure = failure.page(&kind, self.body);
        for (name, value) in headers {
            failure = failure.header(name, value);
        }
        failure
    }

    pub fn answer(
        self,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let headers: Vec<_> =
            self.headers.iter().map(|(n, v)| (*n, &**v)).collect();
        Ok(start_response("200 OK", &headers)?.body(self.body))
    }
}

/// A page that is being written. All text in it is escaped.
pub struct Html {
    nonce: String,
    text: String,
}

impl Html {
    pub fn new(heading: &str, title: &str) -> Self {
        let nonce = random();
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{heading}</title>\n\
             <style nonce=\"{nonce}\">{STYLE}</style>\n\
             <main>\n<h1>{heading}</h1>\n<p>{title}</p>\n",
            heading = escape(heading),
            title = escape(title),
        );
        Self { nonce, text }
    }

    pub fn page(self) -> Page {
        let policy = format!("style-src 'nonce-{}'", self.nonce);
        Page::new("html", &policy, self.text + "</main>\n")
    }

    fn push(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }

    pub fn paragraph(&mut self, text: &str) {
        self.push(&["<p>", &escape(text), "</p>\n"]);
    }

    pub fn link(&mut self, address: &str, text: &str) {
        let (address, text) = (escape(address), escape(text));
        self.push(&["<p><a href=\"", &address, "\">", &text, "</a>\n"]);
    }

    /// Text that is shown when somebody asks for it.
    pub fn folded(&mut self, title: &str, text: &str) {
        self.push(&["<details><summary>", title, "</summary>\n"]);
        self.lines(text.lines().map(|line| (line, false)));
        self.push(&["</details>\n"]);
    }

    /// Lines, of which some are marked.
    pub fn lines<'a>(
        &mut self,
        lines: impl IntoIterator<Item = (&'a str, bool)>,
    ) {
        self.push(&["<pre tabindex=\"0\">"]);
        for (line, is_marked) in lines {
            match is_marked {
                true => {
                    self.push(&["<mark>", &escape(line), "</mark>\n"])
                }
                false => self.push(&[&escape(line), "\n"]),
            }
        }
        self.push(&["</pre>\n"]);
    }

    pub fn report(&mut self, report: &Report) {
        for section in &report.sections {
            let title = escape(&section.title);
            let is_open = section.shown == Shown::All;
            let link = section.place.as_ref().and_then(link);
            let (start, end) = match (is_open, link) {
                (false, _) => {
                    ("<details><summary>".into(), "</summary>")
                }
                (true, None) => ("<h2>".into(), "</h2>"),
                (true, Some(link)) => {
                    let link = escape(&link);
                    (format!("<h2><a href=\"{link}\">"), "</a></h2>")
                }
            };
            self.push(&[&start, &title, end, "\n"]);
            let lines = section.lines.iter().enumerate();
            self.lines(lines.map(|(at, line)| {
                (&**line, section.marked == Some(at))
            }));
            if !is_open {
                self.push(&["</details>\n"]);
            }
        }
    }

    /// What was said the last time beside what is said now. What only
    /// one of them says is marked.
    pub fn beside(&mut self, last: &str, now: &str) {
        self.push(&["<div>"]);
        for (title, text, other) in
            [("Last time", last, now), ("Now", now, last)]
        {
            let is_new = |line: &str| !other.lines().any(|o| o == line);
            self.push(&["<section><h2>", title, "</h2>\n"]);
            self.lines(text.lines().map(|line| (line, is_new(line))));
            self.push(&["</section>\n"]);
        }
        self.push(&["</div>\n"]);
    }

    /// The buttons that send the request again, as it was or edited.
    pub fn form(&mut self, address: &str, request: &[u8], last: &str) {
        let mut same = String::new();
        for byte in request {
            same += &format!("{byte:02x}");
        }
        let start = format!(
            "<form method=\"post\" action=\"{}\">\n\
             <input type=\"hidden\" name=\"same\" value=\"{same}\">\n\
             <input type=\"hidden\" name=\"last\" value=\"{}\">\n",
            escape(address),
            escape(last),
        );
        let end = "<button>Try again</button></form>\n";
        self.push(&[&start, end]);
        if let Ok(text) = str::from_utf8(request) {
            let rows = text.lines().count().min(30).to_string();
            self.push(&[
                "<details><summary>Edit the request (it is shown with \
                 its secrets)</summary>\n",
                &start,
                "<textarea name=\"edited\" aria-label=\"The request\" \
                 spellcheck=\"false\" rows=\"",
                &rows,
                "\">\n", // one line feed is left out
                &escape(text),
                "</textarea>\n",
                end,
                "</details>\n",
            ]);
        }
    }
}

/// Where the editor opens a place, if it was said how.
fn link((file, line, column): &Place) -> Option<String> {
    const FILE: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'?');
    let template = env::var("GATEWAY_EDITOR").ok()?;
    let file = utf8_percent_encode(file, FILE).to_string();
    Some(
        template
            .replace("{file}", &file)
            .replace("{line}", &line.to_string())
            .replace("{column}", &column.to_string()),
    )
}

/// As text in a page, or as an attribute's value.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            c => escaped.push(c),
        }
    }
    escaped
}

const STYLE: &str = "
:root { color-scheme: light dark; --mark: light-dark(#ffe08a, #5c4a00); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 75rem; margin: auto; padding: 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2, summary { font-size: 1rem; margin: 1.5rem 0 0; overflow-wrap: anywhere; }
pre, textarea { font: 14px/1.5 ui-monospace, monospace; overflow: auto;
  margin: 0.5rem 0; padding: 0.5rem; max-height: 30rem;
  background: light-dark(#f3f3f3, #222); }
textarea { width: 100%; box-sizing: border-box; }
mark { background: var(--mark); color: inherit; }
button { font: inherit; padding: 0.4rem 1rem; }
div { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
section { min-width: 0; }
";
