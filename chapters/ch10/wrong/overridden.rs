//! The check of exercise 10.4, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use gateway::{
    Application, Environ, Failure, Form, Result, StartResponse, app,
    testing,
};
use std::io::{self, BufRead, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub const READ: &str = "A function around a function";

pub const HINT: &str = "Decide by REQUEST_METHOD, CONTENT_TYPE and \
    CONTENT_LENGTH before you read. Then `read_to_end` into a `Vec`, \
    with `take` for the length; `Form::parse` reads a form that you \
    have in memory. A `Cursor` over the `Vec` can be read again: it is \
    the new `environ.input`.";

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

const CHANGED: &str = "The first field `_method` of a form says which \
    method the application finds.";
const FIELD: &str = "`_method` is a field's whole name, and names and \
    values are decoded before they are compared. The first field of \
    that name counts.";
const BACK: &str = "The application reads the body, all of it and as it \
    was sent, as if nobody had read it before.";
const ONLY: &str = "PUT, PATCH and DELETE, in capitals, and nothing \
    else: what a visitor types must not become a CONNECT or a TRACE.";
const POST: &str = "Only a POST is overridden: a GET is safe to ask \
    for, and has to stay so, and others say what they want.";
const BODY: &str = "The field is one of the form in the body. A link \
    has a query, too, and must not delete anything.";
const KIND: &str = "A type may have parameters, and capitals mean \
    nothing in it.";
const OTHER: &str = "A body of another type is not read, whatever is \
    in it.";
const LONG: &str = "What is longer than 16 KiB is not read, and what is as \
    long is.";
const LENGTH: &str = "Without a length nobody knows how much is to \
    come, so nothing is read.";
const PIECES: &str = "One `read` gives what is there, which may be a \
    part.";
const FAILS: &str = "The rest of the body does not come, and half a \
    form is none: the error is passed on.";
const UTF8: &str = "What is no form changes nothing. Whether that is an \
    error, the application knows.";

const FORM: &str = "application/x-www-form-urlencoded";

/// The longest form that is looked into.
const LIMIT: usize = 16 * 1024;

/// A body that comes in pieces, and knows if it was read.
struct Body {
    bytes: Vec<u8>,
    at: usize,
    piece: usize,
    fails: bool,
    was_read: Arc<AtomicBool>,
}

impl Read for Body {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(to)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.was_read.store(true, Ordering::Relaxed);
        if self.at == self.bytes.len() && self.fails {
            return Err(Failure::bad_request("half a form").into());
        }
        let end = self.bytes.len().min(self.at + self.piece);
        Ok(&self.bytes[self.at..end])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

/// A request, whose CONTENT_LENGTH is that of its body.
struct Request {
    method: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    /// How much of it comes at a time.
    piece: usize,
    fails: bool,
}

fn post(body: impl AsRef<[u8]>) -> Request {
    let body = body.as_ref().to_vec();
    let (method, kind) = ("POST", FORM);
    Request { method, kind, body, piece: LIMIT + 1, fails: false }
}

/// What the application finds, in its answer.
fn ask(
    answer: Answer,
    request: &Request,
    change: fn(&mut Environ),
) -> String {
    let was_read = Arc::new(AtomicBool::new(false));
    let mut environ = testing::environ(request.method, "/tea");
    if !request.kind.is_empty() {
        environ.set("CONTENT_TYPE", request.kind);
    }
    let missing = if request.fails { 10 } else { 0 };
    let length = request.body.len() + missing;
    environ.set("CONTENT_LENGTH", length.to_string());
    environ.input = Box::new(Body {
        bytes: request.body.clone(),
        at: 0,
        piece: request.piece,
        fails: request.fails,
        was_read: Arc::clone(&was_read),
    });
    change(&mut environ);
    let app = app(move |environ, start_response| {
        let get = |name| environ.get(name).unwrap_or("none".into());
        let mut found = format!(
            "{}, {}, {}, ",
            get("REQUEST_METHOD"),
            get("CONTENT_TYPE"),
            get("CONTENT_LENGTH"),
        );
        if !was_read.load(Ordering::Relaxed) {
            found += "unread, ";
        }
        let mut body = Vec::new();
        environ.input.read_to_end(&mut body)?;
        found += &shown(&body);
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(found))
    });
    let answer = testing::ask(&*answer(Box::new(app)), environ);
    match &*answer.status {
        "200 OK" => answer.text().into_owned(),
        status => status.into(),
    }
}

/// A body, or of one that is long the beginning, and its length.
fn shown(body: &[u8]) -> String {
    match body.get(..20) {
        Some(start) if body.len() > 100 => {
            let (start, length) = (start.escape_ascii(), body.len());
            format!("{start} … ({length} bytes)")
        }
        _ => body.escape_ascii().to_string(),
    }
}

pub fn check(overridden: Answer) -> Verdict {
    for (body, expected, hint) in [
        ("_method=DELETE&note=tea", "DELETE", CHANGED),
        ("note=tea&_method=PUT", "PUT", CHANGED),
        ("_method=PATCH", "PATCH", CHANGED),
        ("note=tea", "POST", BACK),
        ("%5Fmethod=D%45LETE", "DELETE", FIELD),
        ("a=_method=DELETE", "POST", FIELD),
        ("the_method=DELETE&_method", "POST", FIELD),
        ("_method=PUT&_method=DELETE", "PUT", FIELD),
        ("_method=PUTS", "POST", FIELD),
        ("_method=TEA&_method=DELETE", "POST", FIELD),
        ("_method=GET", "POST", ONLY),
        ("_method=HEAD", "POST", ONLY),
        ("_method=CONNECT", "POST", ONLY),
        ("_method=TRACE", "POST", ONLY),
        ("_method=delete", "POST", ONLY),
        ("_method=DELETE+", "POST", ONLY),
    ] {
        let request = post(body);
        let found = || ask(overridden, &request, |_| ());
        let length = body.len();
        let expected = format!("{expected}, {FORM}, {length}, {body}");
        expect(format!("POST, {body}"), found, expected, hint)
            .map_err(|told| told.hint_unless(body, BACK))?;
    }
    check_others(overridden)?;
    for (length, expected) in [(LIMIT, "PUT"), (LIMIT + 1, "POST")] {
        let start = "_method=PUT&a=";
        let rest = "b".repeat(length - start.len());
        let request = post([start, &rest].concat());
        let found = || ask(overridden, &request, |_| ());
        let unread = if length > LIMIT { "unread, " } else { "" };
        let body = shown(&request.body);
        let expected =
            format!("{expected}, {FORM}, {length}, {unread}{body}");
        expect(format!("POST, {body}"), found, expected, LONG)?;
    }
    let form = "note=tea&_method=DELETE";
    let request = Request { piece: 3, ..post(form) };
    let found = || ask(overridden, &request, |_| ());
    let sent = format!("POST, {form}, in pieces");
    let expected = format!("DELETE, {FORM}, {}, {form}", form.len());
    expect(sent, found, expected, PIECES)?;
    let request = Request { fails: true, ..post("_method=PUT&a=") };
    let found = || ask(overridden, &request, |_| ());
    let sent = "a form that fails with 400 Bad Request in the middle";
    expect(sent, found, "400 Bad Request".into(), FAILS)?;
    let request = post("_method=PUT&a=%FF");
    let found = || ask(overridden, &request, |_| ());
    let expected = format!("POST, {FORM}, 17, _method=PUT&a=%FF");
    expect("a form that is not in UTF-8", found, expected, UTF8)
}

/// Those that are no forms in a POST.
fn check_others(overridden: Answer) -> Verdict {
    let body = "_method=DELETE";
    for (method, kind, hint) in [
        ("GET", FORM, POST),
        ("PUT", FORM, POST),
        ("POST", "text/plain", OTHER),
        ("POST", "application/x-www-form-urlencoded-x", OTHER),
        ("POST", "multipart/form-data; boundary=a", OTHER),
        ("POST", "application/json", OTHER),
    ] {
        let request = Request { method, kind, ..post(body) };
        let found = || ask(overridden, &request, |_| ());
        let expected = format!("{method}, {kind}, 14, unread, {body}");
        let sent = format!("{method}, {kind}, {body}");
        expect(sent, found, expected, hint)?;
    }
    for kind in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=utf-8",
        "Application/X-WWW-Form-URLEncoded ; a=b",
    ] {
        let request = Request { kind, ..post(body) };
        let found = || ask(overridden, &request, |_| ());
        let expected = format!("DELETE, {kind}, 14, {body}");
        let sent = format!("POST, {kind}, {body}");
        expect(sent, found, expected, KIND)?;
    }
    let query = || {
        let change = |environ: &mut Environ| {
            environ.set("QUERY_STRING", "_method=DELETE");
        };
        ask(overridden, &post("note=tea"), change)
    };
    let expected = format!("POST, {FORM}, 8, note=tea");
    let sent = "POST, ?_method=DELETE, note=tea";
    expect(sent, query, expected, BODY)?;
    type Change = fn(&mut Environ);
    let changes: [(&str, Change, &str); 3] = [
        ("none", |e| drop(e.remove("CONTENT_LENGTH")), LENGTH),
        ("", |e| e.set("CONTENT_LENGTH", ""), LENGTH),
        ("ten", |e| e.set("CONTENT_LENGTH", "ten"), LENGTH),
    ];
    for (length, change, hint) in changes {
        let found = || ask(overridden, &post(body), change);
        let expected =
            format!("POST, {FORM}, {length}, unread, {body}");
        let sent =
            format!("{body}, with a CONTENT_LENGTH of {length:?}");
        expect(sent, found, expected, hint)?;
    }
    let none = || {
        let change = |e: &mut Environ| drop(e.remove("CONTENT_TYPE"));
        ask(overridden, &post(body), change)
    };
    let expected = format!("POST, none, 14, unread, {body}");
    expect(format!("{body}, without a type"), none, expected, OTHER)
}

const METHODS: [&str; 3] = ["PUT", "PATCH", "DELETE"];

/// What the wrong ones do before the application is called, if it is a
/// POST, or any request.
fn before(
    inner: Box<dyn Application>,
    act: fn(&mut Environ) -> Result<()>,
) -> Box<dyn Application> {
    Box::new(app(move |environ, start: StartResponse| {
        act(environ)?;
        inner.call(environ, start)
    }))
}

fn is_post(environ: &Environ) -> bool {
    environ.bytes("REQUEST_METHOD") == Some(b"POST")
}

fn is_form(environ: &Environ) -> bool {
    let kind = environ.get("CONTENT_TYPE").unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    kind.split(';').next().is_some_and(|kind| kind.trim() == FORM)
}

fn length(environ: &Environ) -> Option<usize> {
    environ.get("CONTENT_LENGTH")?.parse().ok()
}

/// Is it one to look into?
fn is_meant(environ: &Environ) -> bool {
    let is_short = length(environ).is_some_and(|n| n <= LIMIT);
    is_post(environ) && is_form(environ) && is_short
}

/// Reads all, and puts it back.
fn whole(environ: &mut Environ) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    environ.input = Box::new(Cursor::new(body.clone()));
    Ok(body)
}

fn method(body: &[u8]) -> Option<String> {
    let form = Form::parse(body).ok()?;
    form.get("_method").map(str::to_string)
}

/// One of the three.
fn set(environ: &mut Environ, method: Option<String>) {
    let method = method.filter(|m| METHODS.contains(&&**m));
    if let Some(method) = method {
        environ.set("REQUEST_METHOD", method);
    }
}

/// What is right but for the question which are looked into.
fn looking(environ: &mut Environ, looks: bool) -> Result<()> {
    if looks {
        let body = whole(environ)?;
        set(environ, method(&body));
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 16] = [
    // The body is eaten.
    (BACK, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let form = environ.form(LIMIT as u64)?;
                set(environ, form.get("_method").map(str::to_string));
            }
            Ok(())
        })
    }),
    // Put back without the field.
    (BACK, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let body = whole(environ)?;
                set(environ, method(&body));
                let text = String::from_utf8_lossy(&body).into_owned();
                let fields = text.split('&');
                let rest: Vec<&str> = fields
                    .filter(|f| !f.starts_with("_method="))
                    .collect();
                let rest = rest.join("&").into_bytes();
                environ.input = Box::new(Cursor::new(rest));
            }
            Ok(())
        })
    }),
    // Any method.
    (ONLY, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let method = method(&whole(environ)?);
                let known = ["GET", "HEAD", "CONNECT", "TRACE"];
                let known = known.iter().chain(&METHODS);
                if let Some(method) = method
                    && known.into_iter().any(|known| *known == method)
                {
                    environ.set("REQUEST_METHOD", method);
                }
            }
            Ok(())
        })
    }),
    // In small letters as well.
    (ONLY, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let method = method(&whole(environ)?);
                set(environ, method.map(|m| m.to_ascii_uppercase()));
            }
            Ok(())
        })
    }),
    // Whichever of the fields is a method.
    (FIELD, |app| {
        before(app, |environ| {
            if is_meant(environ)
                && let Ok(form) = Form::parse(&whole(environ)?)
            {
                let mut all = form.all("_method");
                let method = all.find(|m| METHODS.contains(m));
                set(environ, method.map(str::to_string));
            }
            Ok(())
        })
    }),
    // Somewhere in the text.
    (FIELD, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let body = whole(environ)?;
                let text = String::from_utf8_lossy(&body);
                let is_in = |method: &&&str| {
                    text.contains(&format!("_method={method}"))
                };
                let method = METHODS.iter().find(is_in);
                set(environ, method.map(|m| m.to_string()));
            }
            Ok(())
        })
    }),
    // GET and PUT, too.
    (POST, |app| {
        before(app, |environ| {
            let is_short = length(environ).is_some_and(|n| n <= LIMIT);
            let looks = is_short && is_form(environ);
            looking(environ, looks)
        })
    }),
    // By the query as well.
    (BODY, |app| {
        before(app, |environ| {
            let looks = is_meant(environ);
            if is_post(environ) {
                let query = environ.query()?;
                set(environ, query.get("_method").map(str::to_string));
            }
            looking(environ, looks)
        })
    }),
    // Whatever its type.
    (OTHER, |app| {
        before(app, |environ| {
            let is_short = length(environ).is_some_and(|n| n <= LIMIT);
            let looks = is_short && is_post(environ);
            looking(environ, looks)
        })
    }),
    // The type to the letter.
    (KIND, |app| {
        before(app, |environ| {
            let kind = environ.bytes("CONTENT_TYPE");
            let looks =
                kind == Some(FORM.as_bytes()) && is_meant(environ);
            looking(environ, looks)
        })
    }),
    // Without a limit.
    (LONG, |app| {
        before(app, |environ| {
            let looks = is_post(environ)
                && is_form(environ)
                && length(environ).is_some();
            looking(environ, looks)
        })
    }),
    // A byte less.
    (LONG, |app| {
        before(app, |environ| {
            let is_short = length(environ).is_some_and(|n| n < LIMIT);
            let looks = is_meant(environ) && is_short;
            looking(environ, looks)
        })
    }),
    // Read all the same if there is no length.
    (LENGTH, |app| {
        before(app, |environ| {
            let is_short = length(environ).is_none_or(|n| n <= LIMIT);
            let looks =
                is_post(environ) && is_form(environ) && is_short;
            looking(environ, looks)
        })
    }),
    // In one piece, and what has not come is put back behind it.
    (PIECES, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let mut piece = vec![0; length(environ).unwrap_or(0)];
                let read = environ.input.read(&mut piece)?;
                piece.truncate(read);
                set(environ, method(&piece));
                let empty = Box::new(io::empty());
                let rest = std::mem::replace(&mut environ.input, empty);
                environ.input =
                    Box::new(Cursor::new(piece).chain(rest));
            }
            Ok(())
        })
    }),
    // What cannot be read is refused.
    (UTF8, |app| {
        before(app, |environ| {
            if is_meant(environ) {
                let form = Form::parse(&whole(environ)?)?;
                set(environ, form.get("_method").map(str::to_string));
            }
            Ok(())
        })
    }),
    // Up to its length, with what may be behind it behind it.
    (RIGHT, |app| {
        before(app, |environ| {
            if let Some(length) = length(environ)
                && is_meant(environ)
            {
                let mut body = vec![0; length];
                environ.input.read_exact(&mut body)?;
                set(environ, method(&body));
                let empty = Box::new(io::empty());
                let rest = std::mem::replace(&mut environ.input, empty);
                environ.input = Box::new(Cursor::new(body).chain(rest));
            }
            Ok(())
        })
    }),
];
