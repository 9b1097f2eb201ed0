//! Servers, applications and middleware that are wrong, one rule each.

use super::{TEXT, answer, hello, is_printed, stream};
use gateway::middleware::{Rule, validate, validate_middleware};
use gateway::testing::{self, Answer};
use gateway::{
    Application, Block, Body, Environ, Layer, Response, ResponseHead,
    Result, StartResponse, app,
};
use std::cell::RefCell;
use std::io::Write;
use std::iter;

/// What is wrong, the rule that it breaks, and what comes of it.
struct Wrong {
    what: &'static str,
    rule: Rule,
    answer: Answer,
}

use Rule::*;

// Servers

/// Asks with an environ that is spoilt.
fn server(
    what: &'static str,
    rule: Rule,
    spoil: impl FnOnce(&mut Environ),
) -> Wrong {
    let mut environ = testing::environ("GET", "/page?a=1");
    spoil(&mut environ);
    let app: fn(&mut Environ, StartResponse) -> _ = hello;
    Wrong { what, rule, answer: testing::ask(&validate(app), environ) }
}

fn servers() -> Vec<Wrong> {
    let set = |name, value: &'static str| {
        move |environ: &mut Environ| environ.set(name, value)
    };
    vec![
        server("does not say its name", Required, |environ| {
            environ.remove("SERVER_NAME");
        }),
        server("has an empty port", Required, set("SERVER_PORT", "")),
        server(
            "takes a question for a method",
            Method,
            set("REQUEST_METHOD", "GET?"),
        ),
        server(
            "has a name with a blank",
            ServerName,
            set("SERVER_NAME", "A Host"),
        ),
        server(
            "has a port in words",
            ServerPort,
            set("SERVER_PORT", "http"),
        ),
        server(
            "tells the version alone",
            ServerProtocol,
            set("SERVER_PROTOCOL", "1.1"),
        ),
        server("speaks Gopher", Scheme, |environ| {
            environ.url_scheme = "gopher";
        }),
        server("writes the scheme in capitals", Scheme, |environ| {
            environ.url_scheme = "HTTP";
        }),
        server(
            "has its applications below a slash",
            ScriptName,
            set("SCRIPT_NAME", "/"),
        ),
        server(
            "forgets the slash of its application",
            ScriptName,
            set("SCRIPT_NAME", "app"),
        ),
        server(
            "forgets the slash of a path",
            PathInfo,
            set("PATH_INFO", "page"),
        ),
        server(
            "leaves an empty path empty",
            Path,
            set("PATH_INFO", ""),
        ),
        server(
            "takes a sign for a digit",
            ContentLength,
            set("CONTENT_LENGTH", "+5"),
        ),
        server(
            "treats Content-Type like any field",
            Renamed,
            set("HTTP_CONTENT_TYPE", "text/plain"),
        ),
        server(
            "lets a path into Host",
            Host,
            set("HTTP_HOST", "example.com/path"),
        ),
        ask("keeps the body", Kept, mapped(validate(hello), kept)),
    ]
}

// Applications

fn ask(what: &'static str, rule: Rule, app: impl Application) -> Wrong {
    let mut environ = testing::environ("GET", "/page");
    if rule == Unwanted {
        environ.set("HTTP_ACCEPT_ENCODING", "br, gzip;q=0");
    }
    Wrong { what, rule, answer: testing::ask(&app, environ) }
}

fn head(
    what: &'static str,
    rule: Rule,
    status: &'static str,
    headers: &'static [(&'static str, &'static str)],
) -> Wrong {
    let body = || "Hello".into();
    ask(what, rule, validate(answer(status, headers, body)))
}

fn heads() -> Vec<Wrong> {
    vec![
        head(
            "has a field's name with a hyphen at its end",
            FieldName,
            "200 OK",
            &[TEXT, ("X-", "1")],
        ),
        head(
            "has two ETags",
            Once,
            "200 OK",
            &[TEXT, ("ETag", "\"1\""), ("etag", "\"2\"")],
        ),
        head(
            "tells the time in its own way",
            Date,
            "200 OK",
            &[TEXT, ("Last-Modified", "2006-10-04 12:00")],
        ),
        head(
            "has an ETag without quotes",
            ETag,
            "200 OK",
            &[TEXT, ("ETag", "abc")],
        ),
        head(
            "has a weak ETag with a small w",
            ETag,
            "200 OK",
            &[TEXT, ("ETag", "w/\"abc\"")],
        ),
        head(
            "asks for a login, and does not say which",
            Needs,
            "401 Unauthorized",
            &[TEXT],
        ),
        head(
            "refuses a method, and does not say which it takes",
            Needs,
            "405 Method Not Allowed",
            &[TEXT],
        ),
        head("has a body of no type", TypeMissing, "200 OK", &[]),
        head(
            "has a type without a body",
            TypeWithout,
            "204 No Content",
            &[TEXT],
        ),
        head(
            "tells the language of what it does not send",
            NotModified,
            "304 Not Modified",
            &[("Content-Language", "en")],
        ),
        head(
            "sends a body with a 304",
            NoBody,
            "304 Not Modified",
            &[],
        ),
    ]
}

fn body(
    what: &'static str,
    rule: Rule,
    length: Option<&'static str>,
    body: impl Fn() -> Body,
) -> Wrong {
    let app = app(move |_, start_response| {
        let mut headers = vec![TEXT];
        headers.extend(length.map(|n| ("Content-Length", n)));
        Ok(start_response("200 OK", &headers)?.body(body()))
    });
    ask(what, rule, validate(app))
}

fn bodies() -> Vec<Wrong> {
    let write = app(|_, start_response| {
        let headers = [TEXT, ("Content-Length", "5")];
        let mut started = start_response("200 OK", &headers)?;
        started.write_all(b"Hello World!")?;
        Ok(started.body(""))
    });
    let again = || {
        let mut turn = 0;
        Body::blocks(iter::from_fn(move || {
            turn += 1;
            (turn != 2).then(|| Ok(b"Hello".into()))
        }))
    };
    let fails = app(|_, start_response| {
        let headers = [TEXT, ("ETag", "1")];
        let started = start_response("200 OK", &headers)?;
        let error = "there is no such page";
        let headers = [("ETag", "2")];
        let status = "404 Not Found";
        Ok(started.restart(status, &headers, error)?.body(""))
    });
    vec![
        body("sends less than it says", Length, Some("9"), || {
            "Hello".into()
        }),
        body("sends more than it says", Length, Some("3"), || {
            "Hello".into()
        }),
        body("sends more in a later block", Length, Some("7"), || {
            stream(&["Hello", " World!"])
        }),
        ask("writes more than it says", Length, validate(write)),
        body("goes on after its end", Ended, None, again),
        ask("starts again with a wrong head", ETag, validate(fails)),
    ]
}

// Middleware

/// Middleware that changes the body.
fn mapped<A: Application>(
    app: A,
    change: impl Fn(Body) -> Body,
) -> impl Application {
    gateway::app(move |environ, start_response| {
        Ok(app.call(environ, start_response)?.map(&change))
    })
}

/// Middleware that puts a layer there.
fn layered<A: Application, L: Layer + 'static>(
    app: A,
    layer: impl Fn() -> L,
) -> impl Application {
    gateway::app(move |environ, start_response| {
        let layer = layer();
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(layer))
        });
        app.call(environ, start)
    })
}

/// A gzip that is wrong in ways of its own.
struct Gzip(&'static [(&'static str, &'static str)]);

impl Layer for Gzip {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.push("Content-Encoding", "gzip");
        for (name, value) in self.0 {
            head.headers.push(name, value);
        }
        head.length = None;
        Ok(())
    }
}

/// Says so on the way to `start_response`, as one does without layers.
fn started_with_gzip(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            let gzip = ("Content-Encoding", "gzip");
            start_response(status, &[headers, &[gzip]].concat())
        });
        app.call(environ, start)
    })
}

/// A layer that makes each block another.
struct Change<F>(F);

impl<F: Fn(Block) -> Block> Layer for Change<F> {
    fn block(&mut self, block: Block) -> Result<Block> {
        Ok(self.0(block))
    }
}

fn middleware() -> Vec<Wrong> {
    let page = || answer("200 OK", &[TEXT], || stream(&["a", "b"]));
    let tagged = || answer("200 OK", &TAGGED, || stream(&["a", "b"]));
    let vary = &[("Vary", "Accept-Encoding")];
    let packed = || answer("200 OK", &PACKED, || stream(&["a", "b"]));
    vec![
        ask(
            "waits for the whole body",
            Boundaries,
            validate_middleware(page(), |app| mapped(app, at_once)),
        ),
        ask(
            "is always a block behind",
            Boundaries,
            validate_middleware(page(), |app| mapped(app, behind)),
        ),
        ask(
            "reads the body in its call",
            Boundaries,
            validate_middleware(page(), |app| mapped(app, in_call)),
        ),
        ask(
            "has a block of its own first, and then waits",
            Boundaries,
            validate_middleware(page(), |app| mapped(app, first_own)),
        ),
        ask(
            "asks twice, and waits for the second body",
            Boundaries,
            validate_middleware(page(), |app| {
                mapped(twice(app), at_once)
            }),
        ),
        ask(
            "leaves empty blocks out",
            Boundaries,
            validate_middleware(
                answer("200 OK", &[TEXT], || stream(&["", "b"])),
                |app| mapped(app, without_empty),
            ),
        ),
        ask(
            "goes on behind an error",
            AfterError,
            validate_middleware(failing(), |app| mapped(app, goes_on)),
        ),
        ask(
            "goes on behind two errors, before a head is sent",
            AfterError,
            validate_middleware(failing_first(), |app| {
                mapped(app, goes_on)
            }),
        ),
        ask(
            "keeps the body",
            Kept,
            validate_middleware(page(), |app| mapped(app, kept)),
        ),
        ask(
            "does not put the path back",
            PutBack,
            validate_middleware(page(), shifted),
        ),
        ask(
            "does not put the path back after an error",
            PutBack,
            validate_middleware(failing_at_once, shifted),
        ),
        ask(
            "moves to a place that is none",
            ScriptName,
            validate_middleware(page(), misplaced),
        ),
        ask(
            "encodes, and forgets Vary",
            Vary,
            validate_middleware(page(), |app| {
                layered(app, || Gzip(&[]))
            }),
        ),
        ask(
            "encodes what is encoded, and starts with it",
            Twice,
            validate_middleware(packed(), started_with_gzip),
        ),
        ask(
            "encodes, starts with it, and forgets Vary",
            Vary,
            validate_middleware(page(), started_with_gzip),
        ),
        ask(
            "takes q=0 for yes",
            Unwanted,
            validate_middleware(page(), |app| {
                layered(app, || Gzip(vary))
            }),
        ),
        ask(
            "encodes under the same ETag",
            Strong,
            validate_middleware(tagged(), |app| {
                layered(app, || Gzip(vary))
            }),
        ),
        ask(
            "changes blocks under the same ETag",
            Strong,
            validate_middleware(tagged(), |app| {
                let upper = |b: Block| b.to_ascii_uppercase().into();
                layered(app, move || Change(upper))
            }),
        ),
        ask(
            "changes the body under the same ETag",
            Strong,
            validate_middleware(tagged(), |app| mapped(app, upper)),
        ),
        ask(
            "changes a page under the same ETag",
            Strong,
            validate_middleware(
                answer("200 OK", &TAGGED, || "Hello".into()),
                |app| mapped(app, upper),
            ),
        ),
        ask(
            "keeps the length of what it changes",
            Length,
            validate_middleware(
                answer("200 OK", &[TEXT], || "Hello".into()),
                |app| {
                    let twice = |b: Block| [&*b, &*b].concat().into();
                    layered(app, move || Change(twice))
                },
            ),
        ),
    ]
}

fn at_once(body: Body) -> Body {
    let mut body = Some(body);
    Body::blocks(iter::from_fn(move || {
        let blocks: Result<Vec<_>> = body.take()?.collect();
        Some(blocks.map(|blocks| blocks.concat().into()))
    }))
}

const PACKED: [(&str, &str); 2] = [TEXT, ("Content-Encoding", "gzip")];

const TAGGED: [(&str, &str); 2] = [TEXT, ("ETag", "\"1\"")];

fn upper(body: Body) -> Body {
    body.map_blocks(|block| block.to_ascii_uppercase().into())
}

fn first_own(body: Body) -> Body {
    let own = Ok(b"own".into());
    Body::blocks(iter::once(own).chain(at_once(body)))
}

fn behind(body: Body) -> Body {
    let mut body = body.peekable();
    Body::blocks(iter::from_fn(move || {
        let block = body.next();
        body.peek();
        block
    }))
}

fn in_call(body: Body) -> Body {
    Body::blocks(body.collect::<Vec<_>>())
}

fn without_empty(body: Body) -> Body {
    let is_empty = |b: &Result<Block>| {
        b.as_ref().is_ok_and(|block| block.is_empty())
    };
    Body::blocks(body.filter(move |block| !is_empty(block)))
}

fn goes_on(body: Body) -> Body {
    Body::blocks(body.filter(Result::is_ok))
}

fn kept(body: Body) -> Body {
    thread_local! {
        static KEPT: RefCell<Vec<Body>> = RefCell::default();
    }
    KEPT.with_borrow_mut(|bodies| bodies.push(body));
    "Hello".into()
}

fn failing() -> impl Application {
    let body = || {
        let error = Err("no ink".into());
        Body::blocks([Ok(b"a".into()), error, Ok(b"b".into())])
    };
    answer("200 OK", &[TEXT], body)
}

fn failing_first() -> impl Application {
    let errors = || [Err("no ink".into()), Err("no pen".into())];
    let block = || Ok(b"a".into());
    let body =
        move || Body::blocks(errors().into_iter().chain([block()]));
    answer("200 OK", &[TEXT], body)
}

fn failing_at_once(
    _: &mut Environ,
    _: StartResponse,
) -> Result<Response> {
    Err("no page".into())
}

fn shifted(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        environ.shift_path();
        app.call(environ, start_response)
    })
}

/// Calls the application, and then once more.
fn twice(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let no: StartResponse = Box::new(|_, _| Err("not yet".into()));
        assert!(app.call(environ, no).is_err());
        app.call(environ, start_response)
    })
}

fn misplaced(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let place = environ.remove("SCRIPT_NAME");
        environ.set("SCRIPT_NAME", "/");
        let result = app.call(environ, start_response);
        environ.set("SCRIPT_NAME", place.unwrap_or_default());
        result
    })
}

fn all() -> [(&'static str, Vec<Wrong>); 3] {
    let mut applications = heads();
    applications.extend(bodies());
    [
        ("server", servers()),
        ("application", applications),
        ("middleware", middleware()),
    ]
}

#[test]
fn each_is_told_with_the_rule_that_it_breaks() {
    for wrong in all().into_iter().flat_map(|(_, all)| all) {
        let rule = format!(": {}: ", wrong.rule);
        let log = &wrong.answer.log;
        assert!(log.contains(&rule), "{}: {log:?}", wrong.what);
    }
}

#[test]
fn each_rule_is_broken_by_one_of_them() {
    let broken: Vec<Rule> = all()
        .into_iter()
        .flat_map(|(_, all)| all.into_iter().map(|w| w.rule))
        .collect();
    for rule in Rule::ALL {
        assert!(broken.contains(rule), "{rule:?}");
    }
    assert!(broken.len() >= 20);
}

#[test]
fn what_each_of_them_gets_is_what_the_book_prints() {
    let mut table = String::from(
        "| who | what is wrong | status | log |\n\
         | --- | --- | --- | --- |\n",
    );
    for (who, all) in all() {
        for Wrong { what, answer, .. } in all {
            let log = answer.log.trim_end().replace('\n', "<br />");
            let cut = if answer.is_cut { ", cut" } else { "" };
            let status = &answer.status[..3];
            table += &format!(
                "| {who} | {what} | {status}{cut} | {log} |\n"
            );
        }
    }
    is_printed(&table, include_str!("wrong.md"), "wrong.md");
}

#[test]
fn a_line_break_in_a_path_begins_no_line_of_the_log() {
    let short =
        answer("200 OK", &[TEXT, ("Content-Length", "9")], || {
            stream(&["Hello"])
        });
    let get = testing::get(&validate(short), "/a%0AGET%20/:%20b");
    let lines: Vec<&str> = get.log.lines().collect();
    assert_eq!(lines.len(), 2, "{}", get.log);
    for line in lines {
        assert!(line.starts_with("GET /a\\nGET /: b: "), "{line}");
    }
}
