//! The check of exercise 10.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Layer, Response,
    ResponseHead, Result, StartResponse, app, testing,
};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

pub const READ: &str = "One block out for each block in";

pub const HINT: &str = "Make a struct that knows the request, and a \
    clone of `environ.errors`, and is told the rest as a `Layer`: the \
    status and the length in `head`, the bytes in `block`. Its `Drop` \
    writes the line. If the closure that you give the application for \
    a `start_response` owns it until it becomes a layer, it is dropped \
    even if the application never calls that. The body is whole if as \
    many bytes have passed as it has; in `end` you learn how many \
    those are, if you did not know.";

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

const PASS: &str = "The answer passes as it is.";
const LINE: &str = "A line for each request: the method, PATH_INFO as \
    `{:?}` shows it, a colon, the status, and how many bytes of the \
    body have passed.";
const NEWLINE: &str = "A path may have a line end in it, and what \
    follows would pass for a line of its own. `{:?}` escapes it.";
const EARLY: &str = "When `call` returns, the body has not been made. \
    The line is written when nothing more will be sent.";
const LENGTH: &str = "Whether the length was known or not, the body \
    came to its end, and that is written down once. Where it is known, \
    `end` is not called.";
const STATUS: &str = "The status that counts is the one that is sent. \
    A layer is shown it in `head`, and nobody can be sure of it before.";
const WRITTEN: &str = "What the application has written is a part of \
    the body. It passes through the layers, and not through what \
    `call` returns.";
const BODILESS: &str = "There is no body: not a block passes, `end` is \
    not called, and nothing is cut.";
const CUT: &str = "The body does not come to its end, and the visitor \
    has a part of it: `, cut` follows.";
const FAILED: &str = "Not a byte of the body has passed, so nothing \
    was sent of this answer, and the server gives its own: the line \
    says `failed`, once, be there a layer or not.";
const AGAIN: &str = "Each request has a line of its own, and its own \
    bytes are counted.";

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];
const POURED: [&str; 2] = ["Have some ", "tea"];

type Boxed = Box<dyn Application>;

/// An application that starts, and goes on with this.
fn started(
    status: &'static str,
    rest: fn(gateway::Started<'_>) -> Result<Response>,
) -> Boxed {
    Box::new(app(move |_, start| rest(start(status, &TEXT)?)))
}

fn pouring() -> impl Iterator<Item = Result<Block>> {
    POURED.into_iter().map(|block| Ok(block.as_bytes().into()))
}

/// All of it, then an error.
fn spilling() -> impl Iterator<Item = Result<Block>> {
    pouring().take(1).chain([Err("the tea is cold".into())])
}

/// A layer that does something to the head, or with a block.
struct Inner(fn(&mut ResponseHead), fn(Block) -> Result<Block>);

impl Layer for Inner {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        self.0(head);
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        self.1(block)
    }
}

/// What is logged but for the exchange's complaints, whose paths have
/// no quotes.
fn lines(log: &str) -> Vec<String> {
    let is_theirs = |line: &&str| !line.contains(" /");
    log.lines().filter(is_theirs).map(str::to_string).collect()
}

fn log(app: &dyn Application, method: &str, path: &str) -> Vec<String> {
    let answer = testing::ask(app, testing::environ(method, path));
    lines(&answer.log)
}

/// A client that is gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log that can be read afterwards.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_or(Ok(0), |mut log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged if the client is gone.
fn left(app: &dyn Application) -> Vec<String> {
    let (log, mut environ) = (Kept::default(), Environ::new());
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", "/tea");
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(app, &mut environ, Protocol::Cgi, &mut Gone);
    let log = log.0.lock().map(|log| log.clone()).unwrap_or_default();
    lines(&String::from_utf8_lossy(&log))
}

/// What is sent, how to get it, and what the line has behind the path.
type Case = (&'static str, fn() -> Boxed, &'static str, &'static str);

const WHOLE: [Case; 9] = [
    (
        "an application whose body is in blocks",
        || started("200 OK", |s| Ok(s.body(Body::blocks(pouring())))),
        "200 OK, 13 bytes",
        LINE,
    ),
    (
        "an application whose body is a text",
        || started("200 OK", |s| Ok(s.body("Have some tea"))),
        "200 OK, 13 bytes",
        LENGTH,
    ),
    (
        "an application whose body is in blocks, of a known length",
        || started("200 OK", |s| Ok(s.body(POURED))),
        "200 OK, 13 bytes",
        LENGTH,
    ),
    (
        "an application that answers 404",
        || started("404 Not Found", |s| Ok(s.body("No tea"))),
        "404 Not Found, 6 bytes",
        LINE,
    ),
    (
        "an application whose body is empty",
        || started("200 OK", |s| Ok(s.body(""))),
        "200 OK, 0 bytes",
        LENGTH,
    ),
    (
        "an application that writes \"Have some \", and returns \"tea\"",
        || {
            started("200 OK", |mut s| {
                write!(s, "Have some ")?;
                Ok(s.body("tea"))
            })
        },
        "200 OK, 13 bytes",
        WRITTEN,
    ),
    (
        "an application that writes all, and returns nothing",
        || {
            started("200 OK", |mut s| {
                write!(s, "Have some tea")?;
                Ok(s.body(""))
            })
        },
        "200 OK, 13 bytes",
        WRITTEN,
    ),
    (
        "an application that starts again, with 503",
        || {
            started("200 OK", |s| {
                let status = "503 Service Unavailable";
                Ok(s.restart(status, &TEXT, "")?.body("No tea"))
            })
        },
        "503 Service Unavailable, 6 bytes",
        STATUS,
    ),
    (
        "an application with a layer that changes the status",
        || {
            started("200 OK", |s| {
                let tea = s.layer(Inner(
                    |head| {
                        let other = "203 Non-Authoritative Information";
                        head.status = other.into();
                    },
                    Ok,
                ));
                Ok(tea.body("Tea"))
            })
        },
        "203 Non-Authoritative Information, 3 bytes",
        STATUS,
    ),
];

const NOT_WHOLE: [Case; 9] = [
    (
        "an application whose second block fails",
        || started("200 OK", |s| Ok(s.body(Body::blocks(spilling())))),
        "200 OK, 10 bytes, cut",
        CUT,
    ),
    (
        "an application whose second block fails, though the length \
         is known",
        || {
            started("200 OK", |s| {
                Ok(s.body(Body::sized(13, spilling())))
            })
        },
        "200 OK, 10 bytes, cut",
        CUT,
    ),
    (
        "an application that fails when it has written \"Have some \"",
        || {
            started("200 OK", |mut s| {
                write!(s, "Have some ")?;
                Err("the tea is cold".into())
            })
        },
        "200 OK, 10 bytes, cut",
        CUT,
    ),
    (
        "an application with 10 bytes and a length of 13",
        || {
            started("200 OK", |s| {
                Ok(s.body(Body::sized(13, pouring().take(1))))
            })
        },
        "200 OK, 10 bytes, cut",
        CUT,
    ),
    (
        "an application that fails before it starts",
        || Box::new(app(|_, _| Err("the tea is cold".into()))),
        "failed",
        FAILED,
    ),
    (
        "an application whose head is refused",
        || started("tea", |s| Ok(s.body("Have some tea"))),
        "failed",
        FAILED,
    ),
    (
        "an application that fails when it has started",
        || started("200 OK", |_| Err("the tea is cold".into())),
        "failed",
        FAILED,
    ),
    (
        "an application whose first block fails",
        || {
            started("200 OK", |s| {
                Ok(s.body(Body::blocks(spilling().skip(1))))
            })
        },
        "failed",
        FAILED,
    ),
    (
        "an application with a layer that fails in the first block",
        || {
            started("200 OK", |s| {
                let tea =
                    s.layer(Inner(|_| (), |_| Err("cold".into())));
                Ok(tea.body("Have some tea"))
            })
        },
        "failed",
        FAILED,
    ),
];

pub fn check(logged: Answer) -> Verdict {
    check_passing(logged)?;
    for (sent, app, expected, hint) in WHOLE {
        let line = || log(&*logged(app()), "GET", "/tea");
        let expected = vec![format!("GET \"/tea\": {expected}")];
        expect(format!("{sent}; the log"), line, expected, hint)?;
    }
    let line = || {
        let app = started("200 OK", |s| Ok(s.body("Tea")));
        log(&*logged(app), "POST", "/a%22%0AGET%20%22/b%22:%20200%20OK")
    };
    let sent = "POST, and a path with a line end in it; the log";
    let path = r#"POST "/a\"\nGET \"/b\": 200 OK": 200 OK, 3 bytes"#;
    expect(sent, line, vec![path.into()], NEWLINE)?;
    check_bodiless(logged)?;
    for (sent, app, expected, hint) in NOT_WHOLE {
        let line = || log(&*logged(app()), "GET", "/tea");
        let expected = vec![format!("GET \"/tea\": {expected}")];
        expect(format!("{sent}; the log"), line, expected, hint)?;
    }
    let line =
        || left(&*logged(started("200 OK", |s| Ok(s.body(POURED)))));
    let sent = "a client that goes in the first block; the log";
    let expected = "GET \"/tea\": 200 OK, 10 bytes, cut";
    expect(sent, line, vec![expected.into()], CUT)?;
    let twice = || {
        let app = logged(started("200 OK", |s| Ok(s.body("Tea"))));
        log(&*app, "GET", "/tea");
        log(&*app, "GET", "/more")
    };
    let expected = "GET \"/more\": 200 OK, 3 bytes";
    expect("a second request", twice, vec![expected.into()], AGAIN)
}

/// What comes out, and when the line is written.
fn check_passing(logged: Answer) -> Verdict {
    let plain: fn() -> Boxed = || {
        started("201 Created", |mut s| {
            write!(s, "Have ")?;
            Ok(s.body(["some ", "tea"]))
        })
    };
    let mut expected = testing::get(&*plain(), "/tea");
    expected.log.clear();
    let answer = || {
        let mut answer = testing::get(&*logged(plain()), "/tea");
        answer.log.clear();
        answer
    };
    expect("an application that answers 201", answer, expected, PASS)?;
    let order = || {
        let app = app(|environ, start| {
            let mut log = environ.errors.clone();
            let blocks = pouring().inspect(move |_| {
                let _ = writeln!(log, "pouring");
            });
            let started = start("200 OK", &TEXT)?;
            Ok(started.body(Body::blocks(blocks)))
        });
        log(&*logged(Box::new(app)), "GET", "/tea")
    };
    let line = "GET \"/tea\": 200 OK, 13 bytes";
    let expected = ["pouring", "pouring", line].map(String::from);
    let sent = "an application that logs each block as it makes it";
    expect(sent, order, expected.into(), EARLY)
}

fn check_bodiless(logged: Answer) -> Verdict {
    let known: fn() -> Boxed =
        || started("200 OK", |s| Ok(s.body("Have some tea")));
    let blocks: fn() -> Boxed =
        || started("200 OK", |s| Ok(s.body(Body::blocks(pouring()))));
    for (sent, app) in [
        ("HEAD; the log", known),
        ("HEAD, and a body of unknown length; the log", blocks),
    ] {
        let line = || log(&*logged(app()), "HEAD", "/tea");
        let expected = vec!["HEAD \"/tea\": 200 OK, 0 bytes".into()];
        expect(sent, line, expected, BODILESS)?;
    }
    let none: fn() -> Boxed =
        || Box::new(app(|_, s| Ok(s("204 No Content", &[])?.body(""))));
    let length: fn() -> Boxed = || {
        let length = [("Content-Length", "13")];
        Box::new(app(move |_, start| {
            Ok(start("304 Not Modified", &length)?.body(""))
        }))
    };
    let layer: fn() -> Boxed = || {
        started("200 OK", |s| {
            let unchanged = |head: &mut ResponseHead| {
                head.status = "304 Not Modified".into();
                head.length = None;
            };
            Ok(s.layer(Inner(unchanged, Ok)).body("Have some tea"))
        })
    };
    for (sent, app, status) in [
        ("an application that answers 204", none, "204 No Content"),
        (
            "an application that answers 304, with a Content-Length",
            length,
            "304 Not Modified",
        ),
        (
            "an application with a layer that makes a 304 of it",
            layer,
            "304 Not Modified",
        ),
    ] {
        let line = || log(&*logged(app()), "GET", "/tea");
        let expected = vec![format!("GET \"/tea\": {status}, 0 bytes")];
        expect(format!("{sent}; the log"), line, expected, BODILESS)?;
    }
    Ok(())
}

/// What the wrong ones know of an answer when it is dropped.
struct Sketch {
    log: ErrorLog,
    method: String,
    path: String,
    /// When it was started.
    begun: Option<String>,
    /// When it was sent.
    status: Option<String>,
    length: Option<u64>,
    bytes: u64,
    has_ended: bool,
    line: fn(&Sketch) -> Option<String>,
}

impl Sketch {
    fn of(
        environ: &Environ,
        line: fn(&Self) -> Option<String>,
    ) -> Self {
        let get = |name| environ.get(name).unwrap_or_default();
        Self {
            log: environ.errors.clone(),
            method: get("REQUEST_METHOD").into(),
            path: get("PATH_INFO").into(),
            begun: None,
            status: None,
            length: None,
            bytes: 0,
            has_ended: false,
            line,
        }
    }

    fn says(&self, status: &str) -> bool {
        let sent = self.status.as_deref().unwrap_or_default();
        sent.starts_with(status)
    }

    fn has_body(&self) -> bool {
        self.method != "HEAD" && !self.says("204") && !self.says("304")
    }

    fn is_whole(&self) -> bool {
        match self.length {
            _ if !self.has_body() => true,
            Some(length) => length == self.bytes,
            None => self.has_ended,
        }
    }

    fn has_failed(&self) -> bool {
        self.status.is_none() || self.bytes == 0 && !self.is_whole()
    }

    /// The line, if it is whole or not, and may have failed or not.
    fn told(&self, is_whole: bool, has_failed: bool) -> Option<String> {
        let Self { method, path, bytes, .. } = self;
        let status = self.status.as_deref().unwrap_or_default();
        let cut = if is_whole { "" } else { ", cut" };
        Some(match has_failed {
            true => format!("{method} {path:?}: failed"),
            false => format!(
                "{method} {path:?}: {status}, {bytes} bytes{cut}"
            ),
        })
    }
}

impl Layer for Sketch {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        self.status = Some(head.status.clone());
        self.length = head.length;
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        self.bytes += block.len() as u64;
        Ok(block)
    }

    fn end(&mut self) -> Result<Block> {
        self.has_ended = true;
        Ok(Block::default())
    }
}

impl Drop for Sketch {
    fn drop(&mut self) {
        if let Some(line) = (self.line)(self) {
            let _ = writeln!(self.log, "{line}");
        }
    }
}

fn sketched(
    inner: Boxed,
    line: fn(&Sketch) -> Option<String>,
) -> Boxed {
    Box::new(app(move |environ, start| {
        let mut sketch = Sketch::of(environ, line);
        let own: StartResponse = Box::new(|status, headers| {
            sketch.begun = Some(status.into());
            Ok(start(status, headers)?.layer(sketch))
        });
        inner.call(environ, own)
    }))
}

/// A layer that leaves everything to its last method.
struct AtEnd(ErrorLog, String, u64);

impl Layer for AtEnd {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        self.1 += &head.status;
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        self.2 += block.len() as u64;
        Ok(block)
    }

    fn end(&mut self) -> Result<Block> {
        writeln!(self.0, "{}, {} bytes", self.1, self.2)?;
        Ok(Block::default())
    }
}

fn request(environ: &Environ) -> String {
    let get = |name| environ.get(name).unwrap_or_default();
    format!("{} {:?}: ", get("REQUEST_METHOD"), get("PATH_INFO"))
}

/// Calls it, and notes the status on its way in.
fn noting(
    inner: &dyn Application,
    environ: &mut Environ,
    start: StartResponse<'_>,
) -> (Result<Response>, String) {
    let noted = Rc::new(RefCell::new(String::new()));
    let note = Rc::clone(&noted);
    let own: StartResponse = Box::new(move |status, headers| {
        *note.borrow_mut() = status.into();
        start(status, headers)
    });
    let result = inner.call(environ, own);
    (result, noted.take())
}

pub const WRONG: [(&str, Answer); 13] = [
    // When `call` returns, as if all were done.
    (EARLY, |inner| {
        Box::new(app(move |environ, start| {
            let request = request(environ);
            let (result, status) = noting(&*inner, environ, start);
            Ok(result?.map(|body| {
                let bytes = body.length().unwrap_or_default();
                let line = format!("{request}{status}, {bytes} bytes");
                let _ = writeln!(environ.errors, "{line}");
                body
            }))
        }))
    }),
    // When the body is at its end; where it is known, nobody asks.
    (LENGTH, |inner| {
        Box::new(app(move |environ, start| {
            let request = request(environ);
            let log = environ.errors.clone();
            let own: StartResponse = Box::new(|status, headers| {
                let layer = AtEnd(log, request, 0);
                Ok(start(status, headers)?.layer(layer))
            });
            inner.call(environ, own)
        }))
    }),
    // Counted in the body, which has not all of it.
    (WRITTEN, |inner| {
        Box::new(app(move |environ, start| {
            let mut sketch = Sketch::of(environ, |sketch| {
                sketch.told(sketch.is_whole(), false)
            });
            let (result, status) = noting(&*inner, environ, start);
            sketch.status = Some(status);
            Ok(result?.map(|body| {
                sketch.length = body.length();
                let length = body.length();
                let mut left = body;
                let blocks = std::iter::from_fn(move || {
                    let block = left.next();
                    let _ = match &block {
                        Some(Ok(block)) => sketch.block(block.clone()),
                        Some(Err(_)) => Ok(Block::default()),
                        None => sketch.end(),
                    };
                    block
                });
                match length {
                    Some(length) => Body::sized(length, blocks),
                    None => Body::blocks(blocks),
                }
            }))
        }))
    }),
    // The status as it was begun.
    (STATUS, |app| {
        sketched(app, |sketch| {
            let (method, path) = (&sketch.method, &sketch.path);
            let status = sketch.begun.as_deref().unwrap_or_default();
            let bytes = sketch.bytes;
            Some(format!("{method} {path:?}: {status}, {bytes} bytes"))
        })
    }),
    // Whole if the end was told.
    (LENGTH, |app| {
        sketched(app, |s| s.told(s.has_ended, s.status.is_none()))
    }),
    // The path as it is.
    (NEWLINE, |app| {
        sketched(app, |s| {
            let line = s.told(s.is_whole(), s.has_failed())?;
            let path = format!("{:?}", s.path);
            Some(line.replace(&path, &format!("\"{}\"", s.path)))
        })
    }),
    // HEAD is cut.
    (BODILESS, |app| {
        sketched(app, |s| {
            let is_whole = s.length.map(|length| length == s.bytes);
            s.told(is_whole.unwrap_or(s.has_ended), s.status.is_none())
        })
    }),
    // 304 is.
    (BODILESS, |app| {
        sketched(app, |s| {
            let is_whole = s.length.map(|length| length == s.bytes);
            let is_whole = is_whole.unwrap_or(s.has_ended);
            s.told(is_whole || s.method == "HEAD", s.status.is_none())
        })
    }),
    // Nothing is ever cut.
    (CUT, |app| sketched(app, |s| s.told(true, s.status.is_none()))),
    // What has ended is whole, however short.
    (CUT, |app| {
        sketched(app, |s| {
            s.told(s.is_whole() || s.has_ended, s.status.is_none())
        })
    }),
    // No layer, no line.
    (FAILED, |app| {
        sketched(app, |s| {
            s.begun.as_ref()?;
            s.told(s.is_whole(), s.has_failed())
        })
    }),
    // Once the head was seen, it is taken for sent.
    (FAILED, |app| {
        sketched(app, |s| s.told(s.is_whole(), s.status.is_none()))
    }),
    // All is kept, and looked at when it is dropped.
    (RIGHT, |app| {
        sketched(app, |s| s.told(s.is_whole(), s.has_failed()))
    }),
];
