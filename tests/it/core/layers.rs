//! Layers: two of them around an application, in any order.

use crate::support::Log;
use gateway::exchange::{self, End, Protocol};
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Layer, Response,
    ResponseHead, Result, StartResponse,
};
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

const HTTP10: Protocol = Protocol::Http { minor: 0, keep_alive: false };
const HTTP11: Protocol = Protocol::Http { minor: 1, keep_alive: true };
/// With these the server adds no field whose value changes.
const DATED: [(&str, &str); 3] =
    [("Content-Type", "text/plain"), ("Date", "D"), ("Server", "S")];
const FIELDS: &str =
    "Content-Type: text/plain\r\nDate: D\r\nServer: S\r\n";

/// Upper case, which changes no length.
struct Upper;

impl Layer for Upper {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.push("X-Upper", &head.status);
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        Ok(block.to_ascii_uppercase().into())
    }
}

/// `b` around each block, `e` at the end.
struct Around;

impl Layer for Around {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.push("X-Around", 1);
        head.length = None;
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        Ok([b"b", &*block, b"b"].concat().into())
    }

    fn end(&mut self) -> Result<Block> {
        Ok(b"e".into())
    }
}

fn upper(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Upper))
        });
        app.call(environ, start)
    })
}

fn around(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Around))
        });
        app.call(environ, start)
    })
}

/// What came out, the log, and how it ended.
fn ask(
    method: &str,
    protocol: Protocol,
    app: impl Application,
) -> (String, String, End) {
    let log = Log::default();
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", method);
    environ.set("PATH_INFO", "/");
    environ.errors = ErrorLog::new(log.clone());
    let mut out = Vec::new();
    let outcome = exchange::run(&app, &mut environ, protocol, &mut out);
    (String::from_utf8(out).unwrap(), log.text(), outcome.end)
}

/// Asks through `upper(around(app))` and through `around(upper(app))`:
/// the same head but for the order of what each adds, and these bodies.
#[track_caller]
fn expect<A: Application>(
    app: impl Fn() -> A,
    method: &str,
    status: &str,
    framing: &str,
    bodies: [&str; 2],
    (log, end): (&str, End),
) {
    let line = status.split_once(' ').unwrap().1;
    let added = format!("X-Upper: {line}\r\n");
    let fields = [
        format!("{FIELDS}X-Around: 1\r\n{added}"),
        format!("{FIELDS}{added}X-Around: 1\r\n"),
    ];
    let asked = [
        ask(method, HTTP11, upper(around(app()))),
        ask(method, HTTP11, around(upper(app()))),
    ];
    for at in 0..2 {
        let (text, logged, ended) = &asked[at];
        let (fields, body) = (&fields[at], bodies[at]);
        let head = format!("{status}\r\n{fields}{framing}\r\n");
        assert_eq!(*text, format!("{head}{body}"), "order {at}");
        assert_eq!((logged.as_str(), *ended), (log, end), "order {at}");
    }
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
const WELL: (&str, End) = ("", End::Keep);

fn answer(
    status: &'static str,
    body: impl Fn() -> Body,
) -> impl Application {
    gateway::app(move |_, start_response| {
        Ok(start_response(status, &DATED)?.body(body()))
    })
}

#[test]
fn a_plain_body() {
    expect(
        || answer("200 OK", || "one".into()),
        "GET",
        "HTTP/1.1 200 OK",
        CHUNKED,
        [
            "5\r\nBONEB\r\n1\r\nE\r\n0\r\n\r\n",
            "5\r\nbONEb\r\n1\r\ne\r\n0\r\n\r\n",
        ],
        WELL,
    );
}

#[test]
fn an_empty_body_has_an_end_all_the_same() {
    expect(
        || answer("200 OK", || "".into()),
        "GET",
        "HTTP/1.1 200 OK",
        CHUNKED,
        ["1\r\nE\r\n0\r\n\r\n", "1\r\ne\r\n0\r\n\r\n"],
        WELL,
    );
}

#[test]
fn a_restart_before_the_first_byte_has_the_layers_too() {
    let app = || {
        gateway::app(|_, start_response| {
            let old = [("Content-Type", "text/html"), ("X-Old", "1")];
            let started = start_response("200 OK", &old)?;
            let started =
                started.restart("404 Not Found", &DATED, "gone")?;
            Ok(started.body("none"))
        })
    };
    expect(
        app,
        "GET",
        "HTTP/1.1 404 Not Found",
        CHUNKED,
        [
            "6\r\nBNONEB\r\n1\r\nE\r\n0\r\n\r\n",
            "6\r\nbNONEb\r\n1\r\ne\r\n0\r\n\r\n",
        ],
        WELL,
    );
}

#[test]
fn a_restart_behind_the_first_byte_cuts_the_answer() {
    let app = || {
        gateway::app(|_, start_response| {
            let mut started = start_response("200 OK", &DATED)?;
            started.write_all(b"one")?;
            let started = started.restart("500 Oh", &DATED, "late")?;
            Ok(started.body("two"))
        })
    };
    expect(
        app,
        "GET",
        "HTTP/1.1 200 OK",
        CHUNKED,
        ["5\r\nBONEB\r\n", "5\r\nbONEb\r\n"],
        ("GET /: late\n", End::Cut),
    );
}

#[test]
fn what_is_written_goes_through_them_as_what_is_returned() {
    let app = || {
        gateway::app(|_, start_response| {
            let mut started = start_response("200 OK", &DATED)?;
            started.write_all(b"one")?;
            started.write_all(b"")?;
            started.write_all(b"2")?;
            Ok(started.body("three"))
        })
    };
    expect(
        app,
        "GET",
        "HTTP/1.1 200 OK",
        CHUNKED,
        [
            "5\r\nBONEB\r\n3\r\nB2B\r\n7\r\nBTHREEB\r\n\
             1\r\nE\r\n0\r\n\r\n",
            "5\r\nbONEb\r\n3\r\nb2b\r\n7\r\nbTHREEb\r\n\
             1\r\ne\r\n0\r\n\r\n",
        ],
        WELL,
    );
}

#[test]
fn an_error_in_the_first_block_is_a_page_without_them() {
    let body = || Body::blocks([Ok(b"".into()), Err("no ink".into())]);
    for app in [
        &upper(around(answer("200 OK", body))) as &dyn Application,
        &around(upper(answer("200 OK", body))),
    ] {
        let (text, log, end) = ask("GET", Protocol::Cgi, app);
        let page = "Status: 500 Internal Server Error\r\n\
            Content-Type: text/plain\r\nContent-Length: 26\r\n\r\n\
            500 Internal Server Error\n";
        assert_eq!(text, page);
        assert_eq!(log, "GET /: no ink\n");
        assert_eq!(end, End::Close);
    }
}

#[test]
fn an_error_in_a_later_block_cuts_the_answer() {
    let body =
        || Body::blocks([Ok(b"one".into()), Err("no ink".into())]);
    expect(
        || answer("200 OK", body),
        "GET",
        "HTTP/1.1 200 OK",
        CHUNKED,
        ["5\r\nBONEB\r\n", "5\r\nbONEb\r\n"],
        ("GET /: no ink\n", End::Cut),
    );
    let (_, _, end) =
        ask("GET", HTTP10, upper(around(answer("200 OK", body))));
    assert_eq!(end, End::Reset);
}

#[test]
fn head_asks_for_no_block_and_no_end() {
    let body = || Body::blocks([Err("it was asked for".into())]);
    expect(
        || answer("200 OK", body),
        "HEAD",
        "HTTP/1.1 200 OK",
        "",
        ["", ""],
        WELL,
    );
}

#[test]
fn neither_do_204_and_304() {
    const BARE: [(&str, &str); 2] = [("Date", "D"), ("Server", "S")];
    let body = || Body::blocks([Err("it was asked for".into())]);
    for status in ["204 No Content", "304 Not Modified"] {
        let app = gateway::app(move |_, start_response| {
            Ok(start_response(status, &BARE)?.body(body()))
        });
        let (text, log, end) = ask("GET", HTTP11, upper(around(app)));
        let expected = format!(
            "HTTP/1.1 {status}\r\nDate: D\r\nServer: S\r\n\
             X-Around: 1\r\nX-Upper: {status}\r\n\r\n"
        );
        assert_eq!((&*text, &*log), (&*expected, ""));
        assert_eq!(end, End::Keep);
    }
}

/// What happens in order: a block that is asked for, and one that goes
/// out.
type Events = Rc<RefCell<Vec<String>>>;

struct Wire(Events);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let last = text.rsplit("\r\n\r\n").next().unwrap();
        self.0.borrow_mut().push(format!("sent {last}"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.borrow_mut().push("flushed".into());
        Ok(())
    }
}

#[test]
fn of_a_stream_each_block_goes_out_before_the_next_is_asked_for() {
    let events = Events::default();
    let asked = Rc::clone(&events);
    let app = gateway::app(move |_, start_response| {
        let asked = Rc::clone(&asked);
        let blocks = ["one", "two"].into_iter().map(move |block| {
            asked.borrow_mut().push(format!("asked for {block}"));
            Ok(block.as_bytes().into())
        });
        let started = start_response("200 OK", &DATED)?;
        Ok(started.body(Body::blocks(blocks)))
    });
    let mut environ = Environ::new();
    exchange::run(
        &upper(around(app)),
        &mut environ,
        HTTP10,
        &mut Wire(Rc::clone(&events)),
    );
    let events = events.borrow();
    assert_eq!(
        events[..8],
        [
            "asked for one",
            "sent BONEB",
            "flushed",
            "asked for two",
            "sent BTWOB",
            "flushed",
            "sent E",
            "flushed"
        ]
    );
}

#[test]
fn a_length_that_stays_the_same_is_announced() {
    for (length, body) in [
        (None, Body::from("one")),
        (Some("3"), Body::from("one")),
        (None, Body::sized(3, [Ok(b"one".into())])),
        (Some("3"), Body::blocks([Ok(b"one".into())])),
    ] {
        let body = RefCell::new(Some(body));
        let app = gateway::app(|_, start_response| {
            let mut headers = DATED.to_vec();
            if let Some(length) = length {
                headers.insert(0, ("Content-Length", length));
            }
            let body = body.borrow_mut().take().unwrap();
            Ok(start_response("200 OK", &headers)?.body(body))
        });
        let (text, log, end) = ask("GET", HTTP11, upper(app));
        let expected = format!(
            "HTTP/1.1 200 OK\r\n{FIELDS}X-Upper: 200 OK\r\n\
             Content-Length: 3\r\n\r\nONE"
        );
        assert_eq!((&*text, &*log, end), (&*expected, "", End::Keep));
    }
}

/// A layer that does one thing to the head.
struct Head<F>(F);

impl<F: FnMut(&mut ResponseHead) -> Result<()>> Layer for Head<F> {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        (self.0)(head)
    }
}

fn with_head(
    change: impl Fn(&mut ResponseHead) -> Result<()> + Clone + 'static,
    body: impl Fn() -> Body,
) -> impl Application {
    gateway::app(move |_, start_response| {
        let started = start_response("200 OK", &DATED)?;
        Ok(started.layer(Head(change.clone())).body(body()))
    })
}

#[test]
fn a_layer_may_take_the_body_away() {
    let change = |head: &mut ResponseHead| {
        head.status = "304 Not Modified".into();
        head.headers.remove("content-type");
        Ok(())
    };
    for body in [|| "one".into(), || Body::blocks([Ok(b"o".into())])] {
        let (text, log, end) =
            ask("GET", HTTP11, with_head(change, body));
        let expected = "HTTP/1.1 304 Not Modified\r\nDate: D\r\n\
            Server: S\r\n\r\n";
        assert_eq!((&*text, &*log, end), (expected, "", End::Keep));
    }
}

#[test]
fn a_length_that_was_declared_stays_where_there_is_no_body() {
    struct Nothing;
    impl Layer for Nothing {}
    for (method, status, length) in [
        ("GET", "304 Not Modified", "12"),
        ("HEAD", "304 Not Modified", "0"),
        ("HEAD", "200 OK", "0"),
    ] {
        let app = gateway::app(move |_, start_response| {
            let declared = ("Content-Length", length);
            let headers = [("Date", "D"), ("Server", "S"), declared];
            let started = start_response(status, &headers)?;
            Ok(started.layer(Nothing).body(""))
        });
        let (text, log, _) = ask(method, HTTP11, app);
        let expected = format!(
            "HTTP/1.1 {status}\r\nDate: D\r\nServer: S\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        assert_eq!((text, &*log), (expected, ""));
    }
}

#[test]
fn a_length_that_was_declared_goes_with_the_body() {
    let change = |head: &mut ResponseHead| {
        head.status = "204 No Content".into();
        Ok(())
    };
    let app = gateway::app(move |_, start_response| {
        let declared = ("Content-Length", "3");
        let headers = [("Date", "D"), ("Server", "S"), declared];
        let started = start_response("200 OK", &headers)?;
        Ok(started.layer(Head(change)).body("one"))
    });
    let (text, log, _) = ask("GET", HTTP11, app);
    let expected =
        "HTTP/1.1 204 No Content\r\nDate: D\r\nServer: S\r\n\r\n";
    assert_eq!((&*text, &*log), (expected, ""));
}

/// A layer under one that has taken the body away, and above it.
#[test]
fn what_is_not_sent_goes_through_no_layer() {
    struct Refusing;
    impl Layer for Refusing {
        fn block(&mut self, _: Block) -> Result<Block> {
            Err("a block that nobody gets".into())
        }
        fn end(&mut self) -> Result<Block> {
            Err("an end that nobody gets".into())
        }
    }
    let away = |head: &mut ResponseHead| {
        head.status = "304 Not Modified".into();
        head.headers.remove("content-type");
        Ok(())
    };
    let app = gateway::app(|_, start_response| {
        let started = start_response("200 OK", &DATED)?;
        let started = started.layer(Refusing).layer(Head(away));
        let mut started = started.layer(Refusing);
        started.write_all(b"one")?;
        Ok(started.body("two"))
    });
    let (text, log, end) = ask("GET", HTTP11, app);
    let expected = "HTTP/1.1 304 Not Modified\r\nDate: D\r\n\
        Server: S\r\n\r\n";
    assert_eq!((&*text, &*log, end), (expected, "", End::Keep));
}

#[test]
fn a_head_that_a_layer_spoils_or_refuses_is_a_500() {
    let spoil: fn(&mut ResponseHead) -> Result<()> = |head| {
        head.headers.push("X", "a\r\nb");
        Ok(())
    };
    let refuse: fn(&mut ResponseHead) -> Result<()> =
        |_| Err("not this one".into());
    for (change, reason) in [
        (spoil, "header \"X\": '\\r' at byte 1 of its value"),
        (refuse, "not this one"),
    ] {
        let app = with_head(change, || "one".into());
        let (text, log, _) = ask("GET", Protocol::Cgi, app);
        assert!(text.starts_with("Status: 500 "), "{text}");
        assert_eq!(log, format!("GET /: {reason}\n"));
    }
}

#[test]
fn a_head_sees_the_length_that_is_known_and_no_header_of_it() {
    let seen: Rc<RefCell<Vec<_>>> = Rc::default();
    let look = {
        let seen = Rc::clone(&seen);
        move |head: &mut ResponseHead| {
            let header = head.headers.get("Content-Length").is_some();
            seen.borrow_mut().push((header, head.length));
            Ok(())
        }
    };
    ask("GET", HTTP11, with_head(look.clone(), || "one".into()));
    let stream = || Body::blocks([Ok(b"one".into())]);
    ask("GET", HTTP11, with_head(look.clone(), stream));
    let app = gateway::app(|_, start_response| {
        let started =
            start_response("200 OK", &[("content-length", "3")])?;
        Ok(started.layer(Head(look.clone())).body(stream()))
    });
    ask("GET", HTTP11, app);
    assert_eq!(
        *seen.borrow(),
        [(false, Some(3)), (false, None), (false, Some(3))]
    );
}

#[test]
fn what_happens_while_the_first_block_is_made_still_counts() {
    let name = Rc::new(RefCell::new(String::from("nobody")));
    let app = gateway::app(|_, start_response| {
        let (late, first) = (Rc::clone(&name), Rc::clone(&name));
        let layer = Head(move |head: &mut ResponseHead| {
            head.headers.push("X-Name", late.borrow());
            Ok(())
        });
        let started = start_response("200 OK", &DATED)?.layer(layer);
        let blocks = std::iter::once_with(move || {
            *first.borrow_mut() = "Ada".into();
            Ok(b"one".into())
        });
        Ok(started.body(Body::blocks(blocks)))
    });
    let (text, _, _) = ask("GET", HTTP11, app);
    assert!(text.contains("\r\nX-Name: Ada\r\n"), "{text}");
}

#[test]
fn a_layer_behind_the_head_is_left_out_and_the_log_told() {
    let app = gateway::app(|_, start_response| {
        let mut started = start_response("200 OK", &DATED)?;
        started.write_all(b"one")?;
        Ok(started.layer(Upper).body("two"))
    });
    let (text, log, _) = ask("GET", Protocol::Cgi, app);
    assert!(text.ends_with("\r\n\r\nonetwo"), "{text}");
    let line = "GET /: a layer came after the head was sent, and is \
        left out\n";
    assert_eq!(log, line);
}

/// Fails at its first block, and at no other.
struct Once(bool);

impl Layer for Once {
    fn block(&mut self, block: Block) -> Result<Block> {
        match std::mem::replace(&mut self.0, true) {
            true => Ok(block),
            false => Err("jam".into()),
        }
    }
}

#[test]
fn a_block_that_is_lost_on_the_way_makes_no_whole_answer() {
    let app = |write: &'static [u8]| {
        gateway::app(move |_, start_response| {
            let started = start_response("200 OK", &DATED)?;
            let mut started = started.layer(Once(false));
            let _ = started.write_all(write); // passed over
            Ok(started.body("rest"))
        })
    };
    let (text, log, _) = ask("GET", Protocol::Cgi, app(b"lost"));
    assert!(text.starts_with("Status: 500 "), "{text}");
    assert_eq!(log, "GET /: jam\nGET /: a block was not sent\n");
}

#[test]
fn an_error_at_a_layers_end_cuts_the_answer() {
    struct Endless;
    impl Layer for Endless {
        fn end(&mut self) -> Result<Block> {
            Err("no end".into())
        }
    }
    let app = gateway::app(|_, start_response| {
        let started = start_response("200 OK", &DATED)?;
        let blocks = Body::blocks([Ok(b"one".into())]);
        Ok(started.layer(Endless).body(blocks))
    });
    let (text, log, end) = ask("GET", HTTP11, app);
    assert!(text.ends_with("\r\n\r\n3\r\none\r\n"), "{text}");
    assert_eq!((&*log, end), ("GET /: no end\n", End::Cut));
}

/// A response of an earlier exchange, and layers of this one.
#[test]
fn a_response_without_a_start_is_refused_with_them_too() {
    let kept: RefCell<Option<Response>> = RefCell::default();
    let keep = gateway::app(|_, start_response| {
        let started = start_response("200 OK", &DATED)?;
        kept.replace(Some(started.body("old")));
        Err("kept".into())
    });
    ask("GET", Protocol::Cgi, keep);
    let give = gateway::app(|_, _| Ok(kept.take().unwrap()));
    let (text, log, _) = ask("GET", Protocol::Cgi, upper(give));
    assert!(text.starts_with("Status: 500 "), "{text}");
    assert_eq!(log, "GET /: a response without start_response\n");
}
