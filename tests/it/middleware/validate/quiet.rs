//! What is right goes through as it is, and without a word.

use super::{TEXT, answer, hello, stream};
use crate::support::Log;
use gateway::exchange::{self, Outcome, Protocol};
use gateway::middleware::{Rule, validate, validate_middleware};
use gateway::testing;
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Failure, Layer,
    ResponseHead, Result, StartResponse, app,
};
use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Write};
use std::rc::Rc;

const PROTOCOLS: [Protocol; 3] = [
    Protocol::Cgi,
    Protocol::Http { minor: 0, keep_alive: false },
    Protocol::Http { minor: 1, keep_alive: true },
];

/// All that goes out, with its head's lines sorted, and the log.
fn ask(
    app: &dyn Application,
    method: &str,
    protocol: Protocol,
) -> (Vec<String>, Vec<u8>, String, Outcome) {
    let log = Log::default();
    let mut environ = testing::environ(method, "/page?a=1");
    environ.set("CONTENT_LENGTH", "4");
    environ.input = Box::new(&b"abcd"[..]);
    environ.errors = ErrorLog::new(log.clone());
    let mut out = Vec::new();
    let outcome = exchange::run(app, &mut environ, protocol, &mut out);
    let end = out.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let body = out.split_off(end);
    let head: String = out.iter().map(|&b| b as char).collect();
    let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("Date: "));
    lines[1..].sort_unstable();
    (lines, body, log.text(), outcome)
}

/// Does nothing.
fn plain<A: Application>(app: A) -> A {
    app
}

fn keys(environ: &Environ) -> String {
    environ.keys().into_iter().collect::<Vec<_>>().join(" ")
}

/// Applications that break no rule, though some of them fail.
fn right() -> Vec<(&'static str, Box<dyn Application>)> {
    let empty = |status, headers| answer(status, headers, || "".into());
    let restart = app(|_, start_response| {
        let started = start_response("200 OK", &[TEXT])?;
        let status = "404 Not Found";
        let started = started.restart(status, &[TEXT], "gone")?;
        Ok(started.body("gone"))
    });
    let write = app(|_, start_response| {
        let mut started = start_response("200 OK", &[TEXT])?;
        write!(started, "one")?;
        write!(started, "two")?;
        Ok(started.body(["three"]))
    });
    let fails = app(|_, start_response| {
        start_response("200 OK", &[TEXT])?;
        Err("no page".into())
    });
    let late =
        || Body::blocks([Ok(b"one".into()), Err("no ink".into())]);
    let failure =
        app(|_, _| Err(Failure::bad_request("no such number").into()));
    let shows = app(|environ, start_response| {
        let keys = keys(environ);
        Ok(start_response("200 OK", &[TEXT])?.body(keys))
    });
    let echo = app(|environ, start_response| {
        let mut line = String::new();
        environ.input.read_line(&mut line)?;
        environ.shift_path();
        Ok(start_response("200 OK", &[TEXT])?.body(line))
    });
    let long = &[TEXT, ("Content-Length", "3")];
    let gzip = &[TEXT, ("Content-Encoding", "gzip")];
    let etag = &[("ETag", "W/\"caf\u{e9}\""), ("Content-Length", "12")];
    let ranges =
        &[("Content-Type", "multipart/byteranges; boundary=a")];
    vec![
        ("a page", Box::new(hello)),
        (
            "a page with a length",
            Box::new(answer("200 OK", long, || "one".into())),
        ),
        (
            "an array",
            Box::new(answer("200 OK", &[TEXT], || {
                ["one", "", "two"].into()
            })),
        ),
        (
            "a stream",
            Box::new(answer("200 OK", &[TEXT], || {
                stream(&["", "one", "", "two"])
            })),
        ),
        (
            "a stream with a length",
            Box::new(answer("200 OK", long, || stream(&["one"]))),
        ),
        (
            "a stream that goes on behind its length",
            Box::new(answer("200 OK", long, || {
                stream(&["one", "two"])
            })),
        ),
        ("an empty page", Box::new(empty("200 OK", &[]))),
        ("a 204", Box::new(empty("204 No Content", &[]))),
        ("a 205", Box::new(empty("205 Reset Content", &[]))),
        ("a 304", Box::new(empty("304 Not Modified", etag))),
        (
            "parts",
            Box::new(answer("206 Partial Content", ranges, || {
                "--a".into()
            })),
        ),
        (
            "a page that is encoded already",
            Box::new(answer("200 OK", gzip, || "\u{1f}".into())),
        ),
        ("a restart", Box::new(restart)),
        ("what is written", Box::new(write)),
        ("an error", Box::new(fails)),
        ("a later error", Box::new(answer("200 OK", &[TEXT], late))),
        ("a failure", Box::new(failure)),
        ("the keys", Box::new(shows)),
        ("the input", Box::new(echo)),
    ]
}

#[test]
fn it_goes_through_one_validator_and_through_several() {
    for (name, app) in right() {
        let app: Rc<dyn Application> = app.into();
        let three = validate_middleware(
            validate_middleware(app.clone(), plain),
            |app| plain(validate(app)),
        );
        let wrapped: [&dyn Application; 3] = [
            &validate(app.clone()),
            &validate_middleware(app.clone(), plain),
            &three,
        ];
        for protocol in PROTOCOLS {
            for method in ["GET", "HEAD", "POST"] {
                let plain = ask(&*app, method, protocol);
                for wrapped in wrapped {
                    let seen = ask(wrapped, method, protocol);
                    let what = format!("{method} {name} {protocol:?}");
                    assert_eq!(seen, plain, "{what}");
                }
            }
        }
    }
}

/// What happens, in order.
type Events = Rc<RefCell<Vec<String>>>;

struct Wire(Events);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let last = text.rsplit("\r\n\r\n").next().unwrap();
        self.0.borrow_mut().push(format!("{last} is sent"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Changes blocks in both of the ways that there are.
fn loud(app: impl Application) -> impl Application {
    struct Loud;
    impl Layer for Loud {
        fn block(&mut self, block: Block) -> Result<Block> {
            Ok([b"<", &*block, b">"].concat().into())
        }
        fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
            head.length = None;
            Ok(())
        }
    }
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Loud))
        });
        let response = app.call(environ, start)?;
        Ok(response.map(|body| {
            body.map_blocks(|b| b.to_ascii_uppercase().into())
        }))
    })
}

#[test]
fn of_a_stream_each_block_goes_out_before_the_next_is_made() {
    let events = Events::default();
    let made = Rc::clone(&events);
    let app = app(move |_, start_response| {
        let made = Rc::clone(&made);
        let blocks = ["one", "two"].into_iter().map(move |block| {
            made.borrow_mut().push(format!("{block} is made"));
            Ok(block.as_bytes().into())
        });
        let started = start_response("200 OK", &[TEXT])?;
        Ok(started.body(Body::blocks(blocks)))
    });
    let app = validate_middleware(app, loud);
    let mut environ = testing::environ("GET", "/");
    let mut wire = Wire(Rc::clone(&events));
    exchange::run(&app, &mut environ, PROTOCOLS[1], &mut wire);
    let expected = [
        "one is made",
        "<ONE> is sent",
        "two is made",
        "<TWO> is sent",
    ];
    assert_eq!(*events.borrow(), expected);
}

/// Middleware that is right, each in a way that looks wrong.
#[test]
fn middleware_that_keeps_the_rules_is_not_accused() {
    let chosen = |app: Middle| -> Box<dyn Application> {
        // Calls the application twice, and leaves the first answer.
        Box::new(gateway::app(move |environ, start_response| {
            let start_response =
                Rc::new(Cell::new(Some(start_response)));
            let first = Rc::clone(&start_response);
            let path = environ.remove("PATH_INFO").unwrap();
            environ.set("PATH_INFO", "/other");
            let refused = app.call(
                environ,
                Box::new(|_, _| Err("not this one".into())),
            );
            environ.set("PATH_INFO", path);
            assert!(refused.is_err());
            app.call(environ, first.take().unwrap())
        }))
    };
    let moved = |app: Middle| -> Box<dyn Application> {
        Box::new(gateway::app(move |environ, start_response| {
            let names = ["SCRIPT_NAME", "PATH_INFO"];
            let before = names.map(|name| environ.remove(name));
            environ.set("SCRIPT_NAME", "/page");
            environ.set("PATH_INFO", "");
            let result = app.call(environ, start_response);
            for (name, value) in names.into_iter().zip(before) {
                environ.set(name, value.unwrap_or_default());
            }
            result
        }))
    };
    let replaced = |app: Middle| -> Box<dyn Application> {
        Box::new(gateway::app(move |environ, start_response| {
            let response = app.call(environ, start_response)?;
            Ok(response.map(|_| "another".into()))
        }))
    };
    let longer = |app: Middle| -> Box<dyn Application> {
        Box::new(gateway::app(move |environ, start_response| {
            let response = app.call(environ, start_response)?;
            Ok(response.map(|body| {
                let block = |text: &'static str| {
                    [Ok(Block::from(text.as_bytes()))]
                };
                let body = block("<").into_iter().chain(body);
                Body::blocks(body.chain(block(">")))
            }))
        }))
    };
    let cut = |app: Middle| -> Box<dyn Application> {
        Box::new(gateway::app(move |environ, start_response| {
            let response = app.call(environ, start_response)?;
            let cut = |block: Block| {
                let bytes = block.into_owned().into_iter();
                bytes.map(|byte| Ok(vec![byte].into()))
            };
            Ok(response
                .map(|body| Body::blocks(body.flatten().flat_map(cut))))
        }))
    };
    let taken = |app: Middle| -> Box<dyn Application> {
        Box::new(set(app, "", "304 Not Modified"))
    };
    let alone = |_: Middle| -> Box<dyn Application> {
        Box::new(answer("200 OK", &[TEXT], || "another".into()))
    };
    let ways: [&dyn Fn(Middle) -> Box<dyn Application>; 7] =
        [&chosen, &moved, &replaced, &longer, &cut, &alone, &taken];
    for (at, way) in ways.into_iter().enumerate() {
        // Who changes the body has a weak one.
        let headers: &'static [_] = match at {
            2 | 3 => &[TEXT, ("ETag", "W/\"1\"")],
            _ => &[TEXT, ("ETag", "\"1\"")],
        };
        let page = move || match at {
            6 => "abcd".into(),
            _ => stream(&["ab", "cd"]),
        };
        let page = answer("200 OK", headers, page);
        let page: Box<dyn Application> = Box::new(page);
        let app = validate_middleware(page, way);
        let answer = testing::get(&app, "/page");
        let status =
            if at == 6 { "304 Not Modified" } else { "200 OK" };
        let seen = (&*answer.status, &*answer.log);
        assert_eq!(seen, (status, ""), "{at}");
    }
}

type Middle = gateway::middleware::Validated<Box<dyn Application>>;

/// Numbers that look random: splitmix64.
struct Chance(u64);

impl Chance {
    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        all[((z ^ (z >> 31)) % all.len() as u64) as usize]
    }
}

const NAMES: [&str; 14] = [
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SCRIPT_NAME",
    "PATH_INFO",
    "CONTENT_LENGTH",
    "HTTP_HOST",
    "HTTP_CONTENT_TYPE",
    "HTTP_ACCEPT_ENCODING",
    "Content-Encoding",
    "ETag",
    "Vary",
    "Last-Modified",
];

const VALUES: [&[u8]; 18] = [
    b"",
    b"/",
    b"GET",
    b"HEAD",
    b"OPTIONS",
    b"HTTP/1.1",
    b"HTTP/",
    b"\xff\x00",
    b"[::1]:80",
    b"gzip",
    b"gzip;q=0",
    b"*;q=nan,;,=",
    b"\"",
    b"W/\"",
    b"\"1\"",
    b"Accept-Encoding",
    b"18446744073709551616",
    b"Sun, 06 Nov 1994 08:49:37 GMT",
];

const STATUSES: [&str; 6] = [
    "200 OK",
    "204 No Content",
    "206 Partial Content",
    "304 Not Modified",
    "401 Unauthorized",
    "599 \u{e9}",
];

/// Middleware that sets a header in its layer, or without a name a
/// status that has no body.
fn set(
    app: impl Application,
    name: &'static str,
    value: &'static str,
) -> impl Application {
    struct Set(&'static str, &'static str);
    impl Layer for Set {
        fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
            match self.0 {
                "" => {
                    head.status = self.1.into();
                    head.headers.remove("Content-Type");
                }
                name => head.headers.set(name, self.1),
            }
            Ok(())
        }
    }
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(move |status, headers| {
            Ok(start_response(status, headers)?.layer(Set(name, value)))
        });
        app.call(environ, start)
    })
}

/// Either a rule is broken, and told, or nothing is changed.
#[test]
fn whatever_comes_it_does_not_panic_and_changes_what_it_accuses_alone()
{
    let mut accused = 0;
    for seed in 0..4_000 {
        let mut chance = Chance(seed);
        let mut pair = || {
            let value = chance.of(&VALUES);
            (chance.of(&NAMES), value)
        };
        let variables = [pair(), pair(), pair()];
        let pairs = [pair(), pair()].map(|(name, value)| {
            (name, str::from_utf8(value).unwrap_or("\u{ff}"))
        });
        let status = chance.of(&STATUSES);
        let app = || {
            let (name, value) = pairs[0];
            gateway::app(move |_, start_response| {
                let headers = [TEXT, (name, value)];
                Ok(start_response(status, &headers)?.body("Hello"))
            })
        };
        let (name, value) = pairs[1];
        let ask = |app: &dyn Application| {
            let mut environ = testing::environ("GET", "/page");
            for (name, value) in variables {
                environ.set(name, value);
            }
            testing::ask(app, environ)
        };
        let plain = ask(&set(app(), name, value));
        let answer = ask(&validate_middleware(app(), |app| {
            set(app, name, value)
        }));
        let is_told =
            Rule::ALL.iter().any(|r| answer.log.contains(r.text()));
        accused += u32::from(is_told);
        assert!(!answer.log.contains("panicked"), "{seed}: {answer:?}");
        assert!(is_told || answer == plain, "{seed}: {answer:?}");
    }
    assert!((1..4_000).contains(&accused), "{accused}");
}

#[test]
fn an_application_may_move_and_its_middleware_need_not_put_it_back() {
    let app = app(|environ, start_response| {
        environ.shift_path();
        hello(environ, start_response)
    });
    let answer = testing::get(&validate_middleware(app, plain), "/a/b");
    assert_eq!((answer.text(), &*answer.log), ("Hello".into(), ""));
}

#[test]
fn it_leaves_nothing_in_the_environ() {
    let validated = validate_middleware(hello, plain);
    let app = app(|environ, start_response| {
        let before = keys(environ);
        let response = validated.call(environ, start_response)?;
        assert_eq!(keys(environ), before);
        Ok(response)
    });
    assert_eq!(testing::get(&app, "/").log, "");
}

/// The first two bytes, under the same ETag.
#[test]
fn a_part_has_the_etag_of_the_whole() {
    struct Part;
    impl Layer for Part {
        fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
            head.status = "206 Partial Content".into();
            head.headers.set("Content-Range", "bytes 0-1/4");
            head.length = Some(2);
            Ok(())
        }

        fn block(&mut self, block: Block) -> Result<Block> {
            Ok(block[..2].to_vec().into())
        }
    }
    let headers = &[TEXT, ("ETag", "\"1\"")];
    let page = answer("200 OK", headers, || "abcd".into());
    let app = validate_middleware(page, |app| {
        gateway::app(move |environ, start_response| {
            let start: StartResponse = Box::new(|status, headers| {
                Ok(start_response(status, headers)?.layer(Part))
            });
            app.call(environ, start)
        })
    });
    let answer = testing::get(&app, "/");
    assert_eq!((answer.text(), &*answer.log), ("ab".into(), ""));
}

/// RFC 9110, 12.5.3
#[test]
fn what_the_client_takes_may_be_sent() {
    const VARY: (&str, &str) = ("Vary", "Cookie, accept-encoding");
    let page = || answer("200 OK", &[TEXT, VARY], || "Hello".into());
    let all = answer("200 OK", &[TEXT, ("Vary", "*")], || "".into());
    let app = validate_middleware(all, |app| {
        set(app, "Content-Encoding", "gzip")
    });
    assert_eq!(testing::get(&app, "/").log, "");
    for (accept, is_taken) in [
        (None, true),
        (Some("gzip"), true),
        (Some("br , GZIP;q=0.001"), true),
        (Some("*"), true),
        (Some("*;q=0, gzip"), true),
        (Some("gzip; q=1"), true),
        (Some("gzip;q=0, *"), false),
        (Some("gzip ; q=0.000"), false),
        (Some("*;q=0"), false),
        (Some("br"), false),
        (Some("identity"), false),
        (Some(""), false),
    ] {
        let app = validate_middleware(page(), |app| {
            set(app, "Content-Encoding", "gzip")
        });
        let mut environ = testing::environ("GET", "/");
        if let Some(accept) = accept {
            environ.set("HTTP_ACCEPT_ENCODING", accept);
        }
        let log = testing::ask(&app, environ).log;
        let is_told = log.contains(Rule::Unwanted.text());
        assert_eq!(is_told, !is_taken, "{accept:?}: {log}");
        assert_eq!(log.is_empty(), is_taken, "{accept:?}: {log}");
    }
}

#[test]
fn star_has_no_path() {
    let mut environ = testing::environ("OPTIONS", "*");
    assert_eq!(environ.get("PATH_INFO").as_deref(), Some(""));
    environ.set("SERVER_PORT", "80");
    let app = validate(answer("204 No Content", &[], || "".into()));
    assert_eq!(testing::ask(&app, environ).log, "");
}

#[test]
fn what_a_thread_may_share_it_may_share_validated() {
    fn is_shared(_: impl Application + Send + Sync) {}
    is_shared(validate(hello));
    is_shared(validate_middleware(hello, plain));
}
