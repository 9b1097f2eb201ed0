//! Requests that mean well, and what is right for each.

use super::{Answer, MOUNT};
use std::net::SocketAddr;

/// A request, and what its answer must be.
pub struct Case {
    pub name: &'static str,
    /// The request line and fields, without `Host`.
    lines: Vec<String>,
    pub body: Vec<u8>,
    status: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    page: Page,
}

/// What the answer's body must be.
pub enum Page {
    Any,
    Exactly(Vec<u8>),
    Length(usize),
    Lines(Vec<&'static str>),
    Without(&'static str),
}

pub fn case(name: &'static str, line: &str) -> Case {
    let (method, target) = line.split_once(' ').unwrap();
    let (target, version) =
        target.rsplit_once(" HTTP/").unwrap_or((target, "1.1"));
    Case {
        name,
        lines: vec![
            format!("{method} {MOUNT}{target} HTTP/{version}"),
            "Connection: close".into(),
        ],
        body: Vec::new(),
        status: "200",
        fields: Vec::new(),
        page: Page::Any,
    }
}

impl Case {
    pub fn field(mut self, line: &str) -> Self {
        self.lines.push(line.into());
        self
    }

    fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().into();
        let length = self.body.len();
        self.field(&format!("Content-Length: {length}"))
    }

    pub fn is(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }

    pub fn has(
        mut self,
        name: &'static str,
        value: &'static str,
    ) -> Self {
        self.fields.push((name, value));
        self
    }

    pub fn page(mut self, page: impl AsRef<[u8]>) -> Self {
        self.page = Page::Exactly(page.as_ref().into());
        self
    }

    fn length(mut self, length: usize) -> Self {
        self.page = Page::Length(length);
        self
    }

    /// The page has this line, and those that were asked for before.
    fn line(mut self, line: &'static str) -> Self {
        match &mut self.page {
            Page::Lines(lines) => lines.push(line),
            _ => self.page = Page::Lines(vec![line]),
        }
        self
    }

    fn without(mut self, text: &'static str) -> Self {
        self.page = Page::Without(text);
        self
    }

    pub fn request(&self, server: SocketAddr) -> Vec<u8> {
        let (first, rest) = self.lines.split_first().unwrap();
        let host = format!("Host: {server}");
        let lines = [&[first.clone(), host], rest].concat();
        let head = lines.join("\r\n") + "\r\n\r\n";
        [head.as_bytes(), &self.body].concat()
    }

    /// What is wrong with an answer, if something is.
    pub fn fault(&self, answer: &Answer) -> Option<String> {
        if !answer.status.starts_with(self.status) {
            return Some(format!(
                "{} {}",
                answer.status,
                answer.text()
            ));
        }
        for (name, value) in &self.fields {
            let got = answer.get(name);
            if got.as_deref() != Some(value) {
                return Some(format!("{name}: {got:?}"));
            }
        }
        let text = answer.text();
        let is_right = match &self.page {
            Page::Any => true,
            Page::Exactly(page) => answer.body == *page,
            Page::Length(length) => answer.body.len() == *length,
            Page::Lines(lines) => lines
                .iter()
                .all(|line| text.lines().any(|l| l == *line)),
            Page::Without(what) => !text.contains(what),
        };
        (!is_right).then(|| match &self.page {
            Page::Lines(lines) => alike(&text, lines),
            _ => text.chars().take(2000).collect(),
        })
    }

    /// What its answer must be, in short.
    #[allow(dead_code, reason = "a score says it, and no test")]
    pub fn right(&self) -> String {
        let mut right = vec![self.status.to_string()];
        let fields = self.fields.iter();
        right.extend(fields.map(|(name, v)| format!("{name}: {v}")));
        right.extend(match &self.page {
            Page::Any => None,
            Page::Exactly(page) => {
                Some(page.escape_ascii().to_string())
            }
            Page::Length(length) => Some(format!("{length} bytes")),
            Page::Lines(lines) => Some(lines.join(" ")),
            Page::Without(what) => Some(format!("without {what}")),
        });
        right.join(" ").chars().take(80).collect()
    }
}

/// The lines of a page that have the keys of these.
fn alike(page: &str, lines: &[&str]) -> String {
    let key = |line: &str| line.split('=').next().map(str::to_string);
    let keys: Vec<_> = lines.iter().map(|line| key(line)).collect();
    let alike = page.lines().filter(|line| keys.contains(&key(line)));
    alike.collect::<Vec<&str>>().join(" ")
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

pub fn all() -> Vec<Case> {
    [targets(), fields(), bodies(), forms(), answers()]
        .into_iter()
        .flatten()
        .collect()
}

fn targets() -> Vec<Case> {
    let environ = |name, target: &str, line| {
        case(name, &format!("GET /environ{target}")).line(line)
    };
    vec![
        case("a page", "GET /hello").page("Hello World!"),
        case("HEAD", "HEAD /hello").page(""),
        case("HTTP/1.0", "GET /hello HTTP/1.0").page("Hello World!"),
        case("no more path", "GET ").without("PATH_INFO=/"),
        environ("a slash", "/", "PATH_INFO=/environ/"),
        environ("a space", "/a%20b", "PATH_INFO=/environ/a b"),
        environ("a letter", "/%41", "PATH_INFO=/environ/A"),
        environ("a plus", "/a+b", "PATH_INFO=/environ/a+b"),
        environ("an escaped slash", "/a%2Fb", "PATH_INFO=/environ/a/b"),
        environ("a question", "/a%3Fb", "PATH_INFO=/environ/a?b"),
        environ("a percent", "/a%2541", "PATH_INFO=/environ/a%41"),
        environ("UTF-8", "/%C3%AB", "PATH_INFO=/environ/\\xc3\\xab"),
        environ("Latin-1", "/%EB", "PATH_INFO=/environ/\\xeb"),
        environ("parameters", "/a;b=1,2", "PATH_INFO=/environ/a;b=1,2"),
        environ("a script name", "/a", "SCRIPT_NAME=/cgi-bin/app"),
        environ("a query", "?a=1&b=2", "QUERY_STRING=a=1&b=2"),
        environ("an escaped query", "?a=%26+b", "QUERY_STRING=a=%26+b"),
        environ("a query of questions", "?a?b?", "QUERY_STRING=a?b?"),
        environ("no query", "", "QUERY_STRING="),
        environ("an empty query", "?", "QUERY_STRING="),
    ]
}

fn fields() -> Vec<Case> {
    let mut list: Vec<Case> = [
        ("POST", "REQUEST_METHOD=POST"),
        ("PUT", "REQUEST_METHOD=PUT"),
        ("PATCH", "REQUEST_METHOD=PATCH"),
        ("DELETE", "REQUEST_METHOD=DELETE"),
        ("OPTIONS", "REQUEST_METHOD=OPTIONS"),
    ]
    .map(|(method, line)| {
        case(method, &format!("{method} /environ")).body("").line(line)
    })
    .into();
    let with = |name, field: &str, line| {
        case(name, "GET /environ").field(field).line(line)
    };
    list.extend([
        with("a field", "x-name: value", "HTTP_X_NAME=value"),
        with(
            "spaces",
            "X-Name:   two  words  ",
            "HTTP_X_NAME=two  words",
        ),
        with(
            "a field in UTF-8",
            "X-Name: \u{eb}",
            "HTTP_X_NAME=\\xc3\\xab",
        ),
        with("a cookie", "Cookie: a=1; b=2", "HTTP_COOKIE=a=1; b=2"),
        case("a field twice", "GET /environ")
            .field("X-Name: one")
            .field("X-Name: two")
            .line("HTTP_X_NAME=one, two"),
        case("httpoxy", "GET /environ")
            .field("Proxy: http://evil.example/")
            .without("evil.example"),
    ]);
    list
}

fn bodies() -> Vec<Case> {
    let large = "0123456789abcdef".repeat(65536);
    let post = |name, path: &str, body: &str| {
        case(name, &format!("POST {path}")).body(body)
    };
    let bytes: Vec<u8> = (0..=255).collect();
    vec![
        post("a body", "/echo", "Hello").page("Hello"),
        case("a body of bytes", "POST /echo").body(&bytes).page(&bytes),
        post("a body of 1 MiB", "/echo", &large).page(&large),
        post("a body's length", "/length", &large).page("1048576\n"),
        post("a body that is not read", "/hello", &large)
            .page("Hello World!"),
        post("a body in lines", "/read-lines", "one\r\ntwo\nthree"),
        post("a body's variables", "/environ", "Hello")
            .field("Content-Type: text/x-a; b=c")
            .line("CONTENT_TYPE=text/x-a; b=c")
            .line("CONTENT_LENGTH=5"),
    ]
}

fn forms() -> Vec<Case> {
    let part = "--X\r\nContent-Disposition: form-data; name=\"a\"; \
                filename=\"b.txt\"\r\n\r\n";
    let file = "x".repeat(300_000);
    let parts = format!("{part}{file}\r\n--X--\r\n");
    let long = format!("a={}", "x".repeat(20_000));
    let form = |name, body: &str| {
        case(name, "POST /form").field(FORM).body(body)
    };
    vec![
        case("a query's fields", "GET /query?a=%C3%AB+b&a=&c")
            .page("\"a\" = \"ë b\"\n\"a\" = \"\"\n\"c\" = \"\"\n"),
        form("a form", "a=%C3%AB+b&c=%26")
            .page("\"a\" = \"ë b\"\n\"c\" = \"&\"\n"),
        form("a form in Latin-1", "a=%EB").is("400"),
        form("a form that is too long", &long).is("413"),
        case("no form", "POST /form")
            .field("Content-Type: text/plain")
            .body("a=1")
            .is("415"),
        case("a file", "POST /parts")
            .field("Content-Type: multipart/form-data; boundary=X")
            .body(parts)
            .page("\"a\" Some(\"b.txt\"): 300000 bytes\n"),
        case("half a file", "POST /parts")
            .field("Content-Type: multipart/form-data; boundary=X")
            .body(part)
            .is("400"),
    ]
}

fn answers() -> Vec<Case> {
    let get = |path: &'static str| {
        case(path.trim_start_matches('/'), &format!("GET {path}"))
    };
    vec![
        get("/stream").page("one\ntwo\nthree\n"),
        get("/large").length(1 << 20),
        get("/large-stream").length(1 << 20),
        get("/empty-stream").page(""),
        get("/write"),
        get("/status?599+Odder").is("599"),
        get("/no-content").is("204").page(""),
        get("/not-modified").is("304").has("ETag", "\"1\"").page(""),
        get("/redirect").is("303").has("Location", "/hello"),
        get("/cookies").has("Set-Cookie", "a=1 and b=2"),
        get("/header/X-Name/caf%E9").has("X-Name", "café"),
        get("/restart").is("503").has("X-Second", "yes").page("sorry"),
        get("/error-at-once")
            .is("500")
            .page("500 Internal Server Error\n"),
        get("/error-in-the-first-block").is("500"),
        get("/teapot").is("418").page("418 I'm a teapot\n"),
    ]
}
