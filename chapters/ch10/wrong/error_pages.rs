//! The check of exercise 10.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, field};
use gateway::{
    Application, Block, Body, Failure, Layer, Response, ResponseHead,
    Result, StartResponse, Started, app, testing,
};
use std::io::Write;

pub const READ: &str = "The head is not yours until it is sent";

pub const HINT: &str = "Put a `Layer` on what `start_response` returns. \
    In its `head`, `head.length` is `Some(0)` if nothing will come. If \
    there has to be a page, make it there, for `head.length` and the \
    Content-Type have to tell of it, and return it from `end`.";

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

const PAGE: &str = "An error with an empty body gets the page, with its \
    status.";
const TYPE: &str = "The page is `text/html; charset=utf-8`, and that \
    takes the place of what the application had said of its empty \
    body: `set`, and not `push`.";
const LENGTH: &str = "The length in the head was that of the empty \
    body. Now it is the page's, in bytes, and `head.length` is where a \
    layer says so: it is not a header there.";
const KEPT: &str = "Other headers of the application's stay.";
const ERRORS: &str = "Errors are all that begin with 400 or more, and \
    nothing below.";
const BODY: &str = "A page of the application's own is better than \
    ours. It stays, and its head as well.";
const STREAM: &str = "A body whose length is not known is not empty: \
    `None` is not `Some(0)`.";
const WRITTEN: &str = "What was written is a body, even if nothing is \
    returned after it.";
const EMPTY: &str = "A body without a block is empty, too. When the \
    head is sent, that is known, and `head.length` says so.";
const AGAIN: &str = "The application has started again, so the status \
    that it began with is not the one that is sent. In a layer's \
    `head` it is.";
const ESCAPED: &str = "In a page, `&`, `<` and `>` are `&amp;`, `&lt;` \
    and `&gt;`. The `&` comes first, or it is escaped twice.";
const HEAD: &str = "HEAD has the same head as GET, with the length of \
    the page that is not sent.";
const SERVERS: &str = "An error that the application returns has the \
    server's page, which goes through no layer. There is nothing to do.";

type Boxed = Box<dyn Application>;
type Headers = &'static [(&'static str, &'static str)];

/// An application that starts, and goes on with this.
fn started(
    status: &'static str,
    headers: Headers,
    rest: fn(Started<'_>) -> Result<Response>,
) -> Boxed {
    Box::new(app(move |_, start| rest(start(status, headers)?)))
}

fn empty(status: &'static str, headers: Headers) -> Boxed {
    started(status, headers, |started| Ok(started.body("")))
}

/// Its status, its headers in order, what came, and the log.
fn ask(app: &dyn Application, method: &str) -> String {
    let answer = testing::ask(app, testing::environ(method, "/tea"));
    let pairs = answer.headers.pairs().into_iter();
    let fields = pairs.map(|(n, v)| field(&format!("{n}: {v}")));
    let mut fields: Vec<String> = fields.collect();
    fields.sort();
    let fields = fields.join("\n");
    let (status, text) = (&answer.status, answer.text());
    format!("{status}\n{fields}\n\n{text}{}", answer.log)
}

/// The answer with the page.
fn page(status: &str, escaped: &str, others: &[&str]) -> String {
    let page = format!(
        "<!doctype html>\n<title>{escaped}</title>\n\
         <h1>{escaped}</h1>\n"
    );
    let length = format!("Content-Length: {}", page.len());
    let kind = "Content-Type: text/html; charset=utf-8";
    let mut fields = [others, &[&length, kind]].concat();
    fields.sort();
    format!("{status}\n{}\n\n{page}", fields.join("\n"))
}

const TEXT: Headers = &[("Content-Type", "text/plain")];

/// What is sent, how, and why it has to pass as it is.
type Case = (&'static str, fn() -> Boxed, &'static str);

const PASSING: [Case; 9] = [
    (
        "404, and a page",
        || started("404 Not Found", TEXT, |s| Ok(s.body("No tea\n"))),
        BODY,
    ),
    (
        "500, and a page in blocks",
        || {
            started("500 Internal Server Error", TEXT, |s| {
                let blocks =
                    ["No ", "tea"].map(|b| Ok(b.as_bytes().into()));
                Ok(s.body(Body::blocks(blocks)))
            })
        },
        STREAM,
    ),
    (
        "404, a page that is written, and an empty body",
        || {
            started("404 Not Found", TEXT, |mut s| {
                writeln!(s, "No tea")?;
                Ok(s.body(""))
            })
        },
        WRITTEN,
    ),
    ("200, and an empty body", || empty("200 OK", TEXT), ERRORS),
    ("204", || empty("204 No Content", &[]), ERRORS),
    ("304", || empty("304 Not Modified", &[("ETag", "\"a\"")]), ERRORS),
    (
        "302, and an empty body",
        || empty("302 Found", &[("Location", "/400")]),
        ERRORS,
    ),
    (
        "404, and a new start with 200, and an empty body",
        || {
            started("404 Not Found", TEXT, |s| {
                Ok(s.restart("200 OK", TEXT, "")?.body(""))
            })
        },
        AGAIN,
    ),
    (
        "an error",
        || {
            let failure = Failure::new("404 Not Found", "no tea");
            Box::new(app(move |_, _| Err(failure.clone().into())))
        },
        SERVERS,
    ),
];

pub fn check(error_pages: Answer) -> Verdict {
    for (status, headers, hint) in [
        ("404 Not Found", &[] as Headers, PAGE),
        ("400 Bad Request", &[], ERRORS),
        ("405 Method Not Allowed", &[], ERRORS),
        ("503 Service Unavailable", &[], ERRORS),
        ("599 Tea", &[], ERRORS),
        ("404 Not Found", TEXT, TYPE),
        ("404 Not Found", &[("content-type", "text/plain")], TYPE),
        ("404 Not Found", &[("Content-Length", "0")], LENGTH),
    ] {
        let answer =
            || ask(&*error_pages(empty(status, headers)), "GET");
        let sent = format!("{status}, with {headers:?}");
        let right = page(status, status, &[]);
        expect(sent, answer, right, hint).map_err(|told| {
            told.hint_unless("Content-Type: text/html; cha", TYPE)
                .hint_unless("Content-Length: ", LENGTH)
                .hint_unless("</h1>", hint)
                .hint_if(r#"Content-Type\": may be given once"#, TYPE)
                .hint_if(r#"Content-Length\": may be given"#, LENGTH)
                .hint_if(
                    "Content-Length: 0\\nContent-Type: text/html",
                    LENGTH,
                )
        })?;
    }
    let allow: Headers = &[("Allow", "GET"), ("A", "b")];
    let status = "405 Method Not Allowed";
    let kept = || ask(&*error_pages(empty(status, allow)), "GET");
    let sent = format!("{status}, with {allow:?}");
    let right = page(status, status, &["Allow: GET", "A: b"]);
    expect(sent, kept, right, KEPT)?;
    for (sent, app, hint) in PASSING {
        let answer = || ask(&*error_pages(app()), "GET");
        expect(sent, answer, ask(&*app(), "GET"), hint)?;
    }
    check_others(error_pages)
}

fn check_others(error_pages: Answer) -> Verdict {
    let again = || {
        let app = started("200 OK", TEXT, |s| {
            Ok(s.restart("503 No Tea", TEXT, "")?.body(""))
        });
        ask(&*error_pages(app), "GET")
    };
    let right = page("503 No Tea", "503 No Tea", &[]);
    let sent = "200, and a new start with 503, and an empty body";
    expect(sent, again, right, AGAIN)?;
    let none = || {
        let app = started("404 Not Found", TEXT, |s| {
            Ok(s.body(Body::blocks([])))
        });
        ask(&*error_pages(app), "GET")
    };
    let right = page("404 Not Found", "404 Not Found", &[]);
    expect("404, and a body without a block", none, right, EMPTY)?;
    let status = "404 No <tea> & no &lt;";
    let escaped = "404 No &lt;tea&gt; &amp; no &amp;lt;";
    let answer = || ask(&*error_pages(empty(status, TEXT)), "GET");
    expect(status, answer, page(status, escaped, &[]), ESCAPED)?;
    let tea = "404 Kein Tee für";
    let answer = || ask(&*error_pages(empty(tea, TEXT)), "GET");
    expect(tea, answer, page(tea, tea, &[]), LENGTH)?;
    let head = || ask(&*error_pages(empty("404 No Tea", TEXT)), "HEAD");
    let right = page("404 No Tea", "404 No Tea", &[]);
    let right = right.split("<!doctype").next().unwrap_or_default();
    expect("HEAD, and 404", head, right.into(), HEAD)
}

/// A layer made of two functions.
struct Two {
    page: Vec<u8>,
    head: fn(&mut ResponseHead) -> Vec<u8>,
    block: fn(&[u8], Block) -> Block,
}

impl Layer for Two {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        self.page = (self.head)(head);
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        Ok((self.block)(&self.page, block))
    }

    fn end(&mut self) -> Result<Block> {
        Ok(std::mem::take(&mut self.page).into())
    }
}

fn layered(
    inner: Boxed,
    head: fn(&mut ResponseHead) -> Vec<u8>,
    block: fn(&[u8], Block) -> Block,
) -> Boxed {
    Box::new(app(move |environ, start| {
        let own: StartResponse = Box::new(move |status, headers| {
            let two = Two { page: Vec::new(), head, block };
            Ok(start(status, headers)?.layer(two))
        });
        inner.call(environ, own)
    }))
}

fn same(_page: &[u8], block: Block) -> Block {
    block
}

fn escape(status: &str) -> String {
    let status = status.replace('&', "&amp;").replace('<', "&lt;");
    status.replace('>', "&gt;")
}

fn html(status: &str) -> Vec<u8> {
    let title = format!("<title>{status}</title>");
    format!("<!doctype html>\n{title}\n<h1>{status}</h1>\n").into()
}

const HTML: &str = "text/html; charset=utf-8";

/// As it should be, but for the page's text.
fn set(head: &mut ResponseHead, page: Vec<u8>) -> Vec<u8> {
    head.headers.set("Content-Type", HTML);
    head.length = Some(page.len() as u64);
    page
}

fn is_error(head: &ResponseHead) -> bool {
    head.status.starts_with(['4', '5'])
}

/// Is it one that gets a page?
fn is_meant(head: &ResponseHead) -> bool {
    is_error(head) && head.length == Some(0)
}

pub const WRONG: [(&str, Answer); 14] = [
    // In the place of what is there.
    (BODY, |app| {
        let head = |head: &mut ResponseHead| match is_error(head) {
            true => set(head, html(&escape(&head.status))),
            false => Vec::new(),
        };
        layered(app, head, |page, block| match page.is_empty() {
            true => block,
            false => Block::default(),
        })
    }),
    // No length known is no body.
    (STREAM, |app| {
        let head = |head: &mut ResponseHead| {
            let is_empty = head.length.unwrap_or(0) == 0;
            match is_error(head) && is_empty {
                true => set(head, html(&escape(&head.status))),
                false => Vec::new(),
            }
        };
        layered(app, head, same)
    }),
    // The length stays that of nothing.
    (LENGTH, |app| {
        let head = |head: &mut ResponseHead| match is_meant(head) {
            true => {
                head.headers.set("Content-Type", HTML);
                html(&escape(&head.status))
            }
            false => Vec::new(),
        };
        layered(app, head, same)
    }),
    // It is not known any more.
    (LENGTH, |app| {
        let head = |head: &mut ResponseHead| {
            if !is_meant(head) {
                return Vec::new();
            }
            let page = set(head, html(&escape(&head.status)));
            head.length = None;
            page
        };
        layered(app, head, same)
    }),
    // As a header, beside the application's.
    (LENGTH, |app| {
        let head = |head: &mut ResponseHead| {
            if !is_meant(head) {
                return Vec::new();
            }
            let page = set(head, html(&escape(&head.status)));
            head.headers.set("Content-Length", page.len());
            page
        };
        layered(app, head, same)
    }),
    // Counted in characters.
    (LENGTH, |app| {
        let head = |head: &mut ResponseHead| {
            if !is_meant(head) {
                return Vec::new();
            }
            let page = set(head, html(&escape(&head.status)));
            let text = String::from_utf8_lossy(&page);
            head.length = Some(text.chars().count() as u64);
            page
        };
        layered(app, head, same)
    }),
    // A second type.
    (TYPE, |app| {
        let head = |head: &mut ResponseHead| {
            if !is_meant(head) {
                return Vec::new();
            }
            let page = html(&escape(&head.status));
            head.headers.push("Content-Type", HTML);
            head.length = Some(page.len() as u64);
            page
        };
        layered(app, head, same)
    }),
    // No type.
    (TYPE, |app| {
        let head = |head: &mut ResponseHead| {
            if !is_meant(head) {
                return Vec::new();
            }
            let page = html(&escape(&head.status));
            head.length = Some(page.len() as u64);
            page
        };
        layered(app, head, same)
    }),
    // Not escaped.
    (ESCAPED, |app| {
        let head = |head: &mut ResponseHead| match is_meant(head) {
            true => set(head, html(&head.status)),
            false => Vec::new(),
        };
        layered(app, head, same)
    }),
    // Escaped twice.
    (ESCAPED, |app| {
        let head = |head: &mut ResponseHead| {
            let text = head.status.replace('<', "&lt;");
            let text = text.replace('>', "&gt;").replace('&', "&amp;");
            match is_meant(head) {
                true => set(head, html(&text)),
                false => Vec::new(),
            }
        };
        layered(app, head, same)
    }),
    // The one error that everybody knows.
    (ERRORS, |app| {
        let head = |head: &mut ResponseHead| match is_meant(head)
            && head.status.starts_with("404")
        {
            true => set(head, html(&escape(&head.status))),
            false => Vec::new(),
        };
        layered(app, head, same)
    }),
    // By the status that it began with, a layer or none.
    (AGAIN, |inner| {
        Box::new(app(move |environ, start| {
            let own: StartResponse = Box::new(|status, headers| {
                let is_error = status.starts_with(['4', '5']);
                let started = start(status, headers)?;
                let head = |head: &mut ResponseHead| match head.length {
                    Some(0) => set(head, html(&escape(&head.status))),
                    _ => Vec::new(),
                };
                Ok(match is_error {
                    true => started.layer(Two {
                        page: Vec::new(),
                        head,
                        block: same,
                    }),
                    false => started,
                })
            });
            inner.call(environ, own)
        }))
    }),
    // Another body for what `call` returns.
    (TYPE, |inner| {
        Box::new(app(move |environ, start| {
            let response = inner.call(environ, start)?;
            Ok(response.map(|body| match body.length() {
                Some(0) => html("404 Not Found").into(),
                _ => body,
            }))
        }))
    }),
    // By the number.
    (RIGHT, |app| {
        let head = |head: &mut ResponseHead| {
            let number = head.status.get(..3).map(str::parse::<u32>);
            match (number, head.length) {
                (Some(Ok(400..)), Some(0)) => {
                    set(head, html(&escape(&head.status)))
                }
                _ => Vec::new(),
            }
        };
        layered(app, head, same)
    }),
];
