//! The check of exercise 10.5, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Body, Environ, ErrorLog, Layer, Response,
    ResponseHead, Result, StartResponse, app, testing,
};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

pub const READ: &str = "Names and times";

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

type Boxed = Box<dyn Application>;

/// What an application does, one after the other. Its blocks are made
/// when it has returned.
#[derive(Clone, Copy, Debug)]
enum Step {
    Start(&'static str),
    Restart(&'static str),
    /// A layer that changes the status.
    Change(&'static str),
    /// A layer that fails in the first block.
    Break,
    Write(&'static str),
    Fail,
    Length(u64),
    Block(&'static str),
    BadBlock,
}

use Step::*;

/// Tells the log of each block that it makes.
fn application(steps: &'static [Step]) -> Boxed {
    Box::new(app(move |environ, start| {
        let Some((&Start(status), steps)) = steps.split_first() else {
            return Err("the tea is cold".into());
        };
        let (mut started, mut length) = (start(status, &TEXT)?, None);
        for step in steps {
            started = match *step {
                Restart(status) => {
                    started.restart(status, &TEXT, "")?
                }
                Change(status) => started.layer(Inner(Some(status))),
                Break => started.layer(Inner(None)),
                Write(text) => {
                    started.write_all(text.as_bytes())?;
                    started
                }
                Fail => return Err("the tea is cold".into()),
                Length(_) | Block(_) | BadBlock | Start(_) => started,
            };
            if let Length(bytes) = step {
                length = Some(*bytes);
            }
        }
        let mut log = environ.errors.clone();
        let blocks = steps.iter().filter_map(move |step| match step {
            Block(text) => {
                let _ = writeln!(log, "pouring");
                Some(Ok(text.as_bytes().into()))
            }
            BadBlock => Some(Err("the tea is cold".into())),
            _ => None,
        });
        Ok(started.body(match length {
            Some(length) => Body::sized(length, blocks),
            None => Body::blocks(blocks),
        }))
    }))
}

/// Has a status, or fails.
struct Inner(Option<&'static str>);

impl Layer for Inner {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        if let Some(status) = self.0 {
            head.status = status.into();
        }
        Ok(())
    }

    fn block(
        &mut self,
        block: gateway::Block,
    ) -> Result<gateway::Block> {
        self.0.map(|_| block).ok_or("the tea is cold".into())
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

/// A client that takes so many bytes and no more.
struct Client(usize);

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged but for the exchange's complaints, whose paths have
/// no quotes.
fn log(
    app: &dyn Application,
    method: &str,
    path: &str,
    mut client: Client,
) -> Vec<String> {
    let (log, mut environ) = (Kept::default(), Environ::new());
    environ.set("REQUEST_METHOD", method);
    environ.set("PATH_INFO", path);
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(app, &mut environ, Protocol::Cgi, &mut client);
    let log = log.0.lock().map(|log| log.clone()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let is_ours = |line: &&str| !line.contains(" /");
    log.lines().filter(is_ours).map(str::to_string).collect()
}

/// The same without what the application tells it.
fn line(app: &dyn Application, method: &str) -> Vec<String> {
    let mut lines = log(app, method, "/tea", Client(usize::MAX));
    lines.retain(|line| line != "pouring");
    lines
}

/// What the application does, and what the line has after the path.
type Case = (&'static [Step], &'static str, &'static str);

const OK: Step = Start("200 OK");
const HAVE: Step = Block("Have some ");
const TEA: Step = Block("tea");

const CASES: [Case; 20] = [
    (&[OK, HAVE, TEA], "200 OK, 13 bytes", LINE),
    (&[OK, Length(13), HAVE, TEA], "200 OK, 13 bytes", LENGTH),
    (&[Start("404 No Tea"), TEA], "404 No Tea, 3 bytes", LINE),
    (&[OK], "200 OK, 0 bytes", LENGTH),
    (&[OK, Length(0)], "200 OK, 0 bytes", LENGTH),
    (&[OK, Write("Have some "), TEA], "200 OK, 13 bytes", WRITTEN),
    (&[OK, Write("Have some tea")], "200 OK, 13 bytes", WRITTEN),
    (&[OK, Restart("503 No Tea"), TEA], "503 No Tea, 3 bytes", STATUS),
    (&[OK, Change("203 Tea"), TEA], "203 Tea, 3 bytes", STATUS),
    (&[Start("204 No Content")], "204 No Content, 0 bytes", BODILESS),
    (
        &[Start("205 Reset Content")],
        "205 Reset Content, 0 bytes",
        BODILESS,
    ),
    (
        &[Start("304 Not Modified"), Length(13)],
        "304 Not Modified, 0 bytes",
        BODILESS,
    ),
    (
        &[OK, Change("304 Not Modified"), HAVE, TEA],
        "304 Not Modified, 0 bytes",
        BODILESS,
    ),
    (&[OK, HAVE, BadBlock], "200 OK, 10 bytes, cut", CUT),
    (&[OK, Length(13), HAVE, BadBlock], "200 OK, 10 bytes, cut", CUT),
    (&[OK, Write("Have some "), Fail], "200 OK, 10 bytes, cut", CUT),
    (&[OK, Length(13), HAVE], "200 OK, 10 bytes, cut", CUT),
    (&[Fail], "failed", FAILED),
    (&[OK, Fail], "failed", FAILED),
    (&[OK, Break, HAVE, TEA], "failed", FAILED),
];

pub fn check(logged: Answer) -> Verdict {
    check_passing(logged)?;
    for (steps, expected, hint) in CASES {
        let expected = vec![format!("GET \"/tea\": {expected}")];
        let line = || line(&*logged(application(steps)), "GET");
        expect(format!("{steps:?}; the log"), line, expected, hint)?;
    }
    for steps in
        [&[OK, Length(13), HAVE, TEA] as &[Step], &[OK, HAVE, TEA]]
    {
        let expected = vec!["HEAD \"/tea\": 200 OK, 0 bytes".into()];
        let line = || line(&*logged(application(steps)), "HEAD");
        let sent = format!("HEAD, {steps:?}; the log");
        expect(sent, line, expected, BODILESS)?;
    }
    let path = "/a\"\nGET \"/b\": 200 OK, 1 bytes";
    let line = || {
        let app = logged(application(&[OK]));
        log(&*app, "POST", path, Client(usize::MAX))
    };
    let expected = vec![format!("POST {path:?}: 200 OK, 0 bytes")];
    let sent = "POST, a path with a line end in it; the log";
    expect(sent, line, expected, NEWLINE)?;
    let line = || {
        let app = logged(application(&[OK, HAVE, TEA]));
        let mut lines = log(&*app, "GET", "/tea", Client(0));
        lines.pop()
    };
    let expected = Some("GET \"/tea\": 200 OK, 10 bytes, cut".into());
    let sent = "a client that goes in the first block; the log's end";
    expect(sent, line, expected, CUT)?;
    let twice = || {
        let app = logged(application(&[OK, TEA]));
        (self::line(&*app, "GET"), self::line(&*app, "POST"))
    };
    let lines = ["GET", "POST"]
        .map(|m| vec![format!("{m} \"/tea\": 200 OK, 3 bytes")]);
    expect("two requests", twice, lines.into(), AGAIN)
}

/// What comes out, and when the line is written.
fn check_passing(logged: Answer) -> Verdict {
    let steps = &[Start("201 Created"), Write("Have "), Block("tea")];
    let answer = |app: Boxed| {
        let mut answer = testing::get(&*app, "/tea");
        answer.log.clear();
        answer
    };
    let right = answer(application(steps));
    let answer = || answer(logged(application(steps)));
    expect(format!("{steps:?}"), answer, right, PASS)?;
    let order = || {
        let app = logged(application(&[OK, HAVE, TEA]));
        log(&*app, "GET", "/tea", Client(usize::MAX))
    };
    let line = "GET \"/tea\": 200 OK, 13 bytes";
    let expected = ["pouring", "pouring", line].map(String::from);
    let sent = "an application that logs \"pouring\" for each block";
    expect(sent, order, expected.into(), EARLY)
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

    fn has_body(&self) -> bool {
        let sent = self.status.as_deref().unwrap_or_default();
        let none = ["204", "205", "304"];
        self.method != "HEAD"
            && !none.iter().any(|s| sent.starts_with(s))
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

    fn block(
        &mut self,
        block: gateway::Block,
    ) -> Result<gateway::Block> {
        self.bytes += block.len() as u64;
        Ok(block)
    }

    fn end(&mut self) -> Result<gateway::Block> {
        self.has_ended = true;
        Ok(gateway::Block::default())
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
    // When the end is told; where it is known, nobody asks.
    (LENGTH, |app| {
        sketched(app, |s| s.has_ended.then(|| s.told(true, false))?)
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
                        Some(Err(_)) => Ok(gateway::Block::default()),
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
