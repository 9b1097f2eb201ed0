//! The check of exercise 11.5, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use gateway::{Application, Environ, Failure, Result, app, testing};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use url::Position::BeforePath;

pub const READ: &str = "Forms from elsewhere";

pub const HINT: &str = "Look at the method first, and then whether \
    there is an `HTTP_ORIGIN`. `environ.url()?` is a `Url`, whose \
    `origin()` has a method `ascii_serialization`: that is what the \
    browser would say if the page were ours, so compare the two with \
    `==`. A `Failure` can be returned as an error, before you call the \
    application.";

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

const OURS: &str = "This is a page of ours, and its form passes.";
const OTHER: &str = "This form is from another site: `403 Forbidden`.";
const SCHEME: &str = "The same host over another scheme is another's: \
    whoever sits in between can write what comes over http.";
const PORT: &str = "Another port of the same host is another's, too: \
    who knows what runs there?";
const DEFAULT: &str = "A scheme's own port is not named in Origin, \
    even if it is in Host. `environ.url()` leaves it out as well.";
const HOST: &str = "The host is all of it, from its beginning to its \
    end: the owner of another name can make one that begins, or ends, \
    like yours.";
const NULL: &str = "`null` is said for a page that has no origin, such \
    as one in a sandboxed frame. Anybody can make one.";
const EMPTY: &str = "An Origin that says nothing is none of ours.";
const SAFE: &str = "GET, HEAD, OPTIONS and TRACE pass, whoever asks.";
const ACTS: &str = "Every method but those four acts, also one that \
    nobody has heard of.";
const ABSENT: &str = "Without Origin there is nothing to compare, and \
    the request passes.";
const CALLED: &str = "The application must not be called: what it has \
    done by then is done.";
const STATUS: &str =
    "What is refused is answered with `403 Forbidden`.";
const PASSED: &str = "What passes is answered by the application, and \
    nothing is changed.";
const NO_URL: &str = "Without a host that a URL may have, nobody knows \
    what is ours: it does not pass.";
const REFERER: &str = "Origin alone counts, whatever else is said.";

/// A request with an Origin.
struct Request {
    method: &'static str,
    scheme: &'static str,
    host: &'static str,
    origin: Option<&'static str>,
}

const fn post(
    scheme: &'static str,
    host: &'static str,
    origin: &'static str,
) -> Request {
    Request { method: "POST", scheme, host, origin: Some(origin) }
}

impl Request {
    fn environ(&self) -> Environ {
        let mut environ = testing::environ(self.method, "/a/b?c=d");
        environ.url_scheme = self.scheme;
        environ.set("HTTP_HOST", self.host);
        if let Some(origin) = self.origin {
            environ.set("HTTP_ORIGIN", origin);
        }
        environ
    }

    fn shown(&self) -> String {
        let Self { method, scheme, host, origin } = self;
        let origin = match origin {
            Some(origin) => format!("Origin: {origin}"),
            None => "without Origin".into(),
        };
        format!("{method} {scheme}://{host}/a/b, {origin}")
    }
}

/// The status, what the application says, and if it was called.
fn ask(answer: Answer, environ: Environ) -> String {
    let was_called = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&was_called);
    let app = app(move |environ, start_response| {
        note.store(true, Ordering::Relaxed);
        let get = |name| environ.get(name).unwrap_or("none".into());
        let found = format!(
            "{} {} {}",
            get("REQUEST_METHOD"),
            get("PATH_INFO"),
            get("HTTP_ORIGIN"),
        );
        let headers = [("Content-Type", "text/plain"), ("X-Tea", "1")];
        let status = "202 Accepted";
        Ok(start_response(status, &headers)?.body(found))
    });
    let answer = testing::ask(&*answer(Box::new(app)), environ);
    let status = answer.status;
    match was_called.load(Ordering::Relaxed) {
        true => {
            let tea = answer.headers.get("X-Tea").unwrap_or("none");
            let text = String::from_utf8_lossy(&answer.body);
            format!("called; {status}, X-Tea: {tea}, {text}")
        }
        false => format!("not called; {status}"),
    }
}

fn passed(request: &Request) -> String {
    let Request { method, origin, .. } = request;
    let origin = origin.unwrap_or("none");
    format!("called; 202 Accepted, X-Tea: 1, {method} /a/b {origin}")
}

const REFUSED: &str = "not called; 403 Forbidden";

const HTTP: &str = "http";
const HTTPS: &str = "https";

const OWN: [(Request, &str); 8] = [
    (post(HTTP, "localhost", "http://localhost"), OURS),
    (post(HTTP, "localhost:8000", "http://localhost:8000"), OURS),
    (post(HTTPS, "tea.example", "https://tea.example"), OURS),
    (post(HTTP, "[::1]:8000", "http://[::1]:8000"), OURS),
    (post(HTTP, "tea.example:80", "http://tea.example"), DEFAULT),
    (post(HTTPS, "tea.example:443", "https://tea.example"), DEFAULT),
    (post(HTTPS, "tea.example:80", "https://tea.example:80"), DEFAULT),
    (post(HTTP, "Tea.Example", "http://tea.example"), OURS),
];

const FOREIGN: [(Request, &str); 22] = [
    (post(HTTP, "tea.example", "http://evil.example"), OTHER),
    (post(HTTPS, "tea.example", "https://evil.example"), OTHER),
    (post(HTTPS, "tea.example", "http://tea.example"), SCHEME),
    (post(HTTP, "tea.example", "https://tea.example"), SCHEME),
    (post(HTTP, "tea.example", "ftp://tea.example"), SCHEME),
    (post(HTTP, "tea.example", "//tea.example"), SCHEME),
    (post(HTTP, "tea.example", "tea.example"), SCHEME),
    (post(HTTP, "tea.example", "http://tea.example:81"), PORT),
    (post(HTTP, "tea.example:8000", "http://tea.example"), PORT),
    (post(HTTP, "tea.example:800", "http://tea.example:8000"), PORT),
    (post(HTTP, "tea.example:8000", "http://tea.example:800"), PORT),
    (post(HTTP, "tea.example", "http://tea.example.evil.com"), HOST),
    (post(HTTP, "tea.example", "http://tea.example@evil.com"), HOST),
    (post(HTTP, "tea.example", "http://eviltea.example"), HOST),
    (post(HTTP, "tea.example", "http://www.tea.example"), HOST),
    (post(HTTP, "www.tea.example", "http://tea.example"), HOST),
    (post(HTTP, "tea.example", "http://tea.exampl"), HOST),
    (post(HTTP, "tea.example", "http://example"), HOST),
    (post(HTTP, "tea.example", "http://evil/tea.example"), HOST),
    (post(HTTP, "tea.example", "null"), NULL),
    (post(HTTP, "tea.example", ""), EMPTY),
    (post(HTTP, "tea.example", "h"), HOST),
];

pub fn check(own_forms_only: Answer) -> Verdict {
    for (request, hint) in OWN {
        let answer = || ask(own_forms_only, request.environ());
        expect(request.shown(), answer, passed(&request), hint)
            .map_err(|told| told.hint_if("called; 202", PASSED))?;
    }
    for (request, hint) in FOREIGN {
        let answer = || ask(own_forms_only, request.environ());
        expect(request.shown(), answer, REFUSED.into(), hint)
            .map_err(|told| told.hint_if("not called; ", STATUS))
            .map_err(|told| told.hint_if("\"called; 403", CALLED))?;
    }
    let all = [
        ("GET", true, SAFE),
        ("HEAD", true, SAFE),
        ("OPTIONS", true, SAFE),
        ("TRACE", true, SAFE),
        ("PUT", false, ACTS),
        ("PATCH", false, ACTS),
        ("DELETE", false, ACTS),
        ("BREW", false, ACTS),
        ("get", false, ACTS),
    ];
    for (method, is_safe, hint) in all {
        for origin in [Some("http://evil.example"), Some("null"), None]
        {
            let (scheme, host) = (HTTP, "tea.example");
            let request = Request { method, scheme, host, origin };
            let answer = || ask(own_forms_only, request.environ());
            let expected = match is_safe || origin.is_none() {
                // Nothing is sent behind the head.
                true if method == "HEAD" => {
                    "called; 202 Accepted, X-Tea: 1, ".into()
                }
                true => passed(&request),
                false => REFUSED.into(),
            };
            let hint = if origin.is_none() { ABSENT } else { hint };
            expect(request.shown(), answer, expected, hint)?;
        }
    }
    check_others(own_forms_only)
}

/// What else is in the environ.
fn check_others(own_forms_only: Answer) -> Verdict {
    let own = || {
        let request = post(HTTP, "localhost", "http://localhost");
        let mut environ = request.environ();
        environ.remove("HTTP_HOST");
        ask(own_forms_only, environ)
    };
    let sent = "POST, Origin: http://localhost, without Host, and \
                localhost, port 80, for SERVER_NAME and SERVER_PORT";
    let expected = "called; 202 Accepted, X-Tea: 1, POST /a/b \
                    http://localhost";
    expect(sent, own, expected.into(), OURS)?;
    let mounted = || {
        let request = post(HTTP, "localhost", "http://localhost");
        let mut environ = request.environ();
        environ.set("SCRIPT_NAME", "/book");
        ask(own_forms_only, environ)
    };
    let sent = "POST, Origin: http://localhost, SCRIPT_NAME: /book";
    expect(sent, mounted, expected.into(), OURS)?;
    let foreign = || {
        let request = post(HTTP, "localhost", "http://evil.example");
        let mut environ = request.environ();
        environ.set("HTTP_REFERER", "http://localhost/a/b");
        environ.set("HTTP_SEC_FETCH_SITE", "same-origin");
        ask(own_forms_only, environ)
    };
    let sent = "POST, Origin: http://evil.example, Referer: \
                http://localhost/a/b, Sec-Fetch-Site: same-origin";
    expect(sent, foreign, REFUSED.into(), REFERER)?;
    let no_url = || {
        let environ =
            post(HTTP, "a b", "http://evil.example").environ();
        match &*ask(own_forms_only, environ) {
            "not called; 400 Bad Request" | REFUSED => "refused".into(),
            answer => answer.to_string(),
        }
    };
    let sent = "POST, Origin: http://evil.example, Host: a b";
    expect(sent, no_url, "refused".into(), NO_URL)
}

fn is_safe(environ: &Environ) -> bool {
    let method = environ.get("REQUEST_METHOD").unwrap_or_default();
    matches!(&*method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

fn origin(environ: &Environ) -> Option<String> {
    environ.get("HTTP_ORIGIN").map(|origin| origin.into_owned())
}

fn ours(environ: &Environ) -> Result<String> {
    Ok(environ.url()?[..BeforePath].to_string())
}

fn no() -> Failure {
    Failure::new("403 Forbidden", "a form from elsewhere")
}

/// Refuses what does not pass.
fn guarded(
    inner: Box<dyn Application>,
    passes: fn(&Environ) -> Result<bool>,
) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        match passes(environ)? {
            true => inner.call(environ, start_response),
            false => Err(no().into()),
        }
    }))
}

/// By a comparison of its Origin with ours, if it acts and has one.
fn compared(
    inner: Box<dyn Application>,
    is_ours: fn(origin: &str, ours: &str) -> bool,
) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        if let Some(origin) = origin(environ)
            && !is_safe(environ)
            && !is_ours(&origin, &ours(environ)?)
        {
            return Err(no().into());
        }
        inner.call(environ, start_response)
    }))
}

pub const WRONG: [(&str, Answer); 20] = [
    // Browsers will look after that.
    (OTHER, |app| app),
    // It begins as ours does.
    (PORT, |app| {
        compared(app, |origin, ours| origin.starts_with(ours))
    }),
    // Ours begins so.
    (PORT, |app| {
        compared(app, |origin, ours| ours.starts_with(origin))
    }),
    // The host and the port, whatever is in front of them.
    (SCHEME, |app| {
        compared(app, |origin, ours| {
            let place = |text: &str| {
                text.split("//").nth(1).map(str::to_string)
            };
            place(origin) == place(ours)
        })
    }),
    // The scheme and the host.
    (PORT, |app| {
        compared(app, |origin, ours| {
            let place = |text: &str| {
                let url = url::Url::parse(text).ok()?;
                let host = url.host_str()?.to_string();
                Some((url.scheme().to_string(), host))
            };
            place(origin) == place(ours)
        })
    }),
    // It ends as ours does.
    (HOST, |app| {
        compared(app, |origin, ours| {
            let (scheme, place) = ours.split_once("//").unwrap();
            origin.starts_with(scheme) && origin.ends_with(place)
        })
    }),
    // What the browser calls us, without asking `environ.url()`.
    (DEFAULT, |app| {
        guarded(app, |environ| {
            let host = environ.get("HTTP_HOST").unwrap_or_default();
            let ours = format!("{}://{host}", environ.url_scheme);
            let ours = ours.to_ascii_lowercase();
            let is_ours = origin(environ).is_none_or(|o| o == ours);
            Ok(is_safe(environ) || is_ours)
        })
    }),
    // The whole URL.
    (OURS, |app| {
        guarded(app, |environ| {
            let url = environ.url()?.to_string();
            let is_ours = origin(environ).is_none_or(|o| o == url);
            Ok(is_safe(environ) || is_ours)
        })
    }),
    // An origin that will not be told is none.
    (NULL, |app| {
        compared(app, |origin, ours| origin == "null" || origin == ours)
    }),
    // One that says nothing is none.
    (EMPTY, |app| {
        compared(app, |origin, ours| {
            origin.is_empty() || origin == ours
        })
    }),
    // Without Origin nobody passes.
    (ABSENT, |app| {
        guarded(app, |environ| {
            let ours = ours(environ)?;
            let is_ours = origin(environ).is_some_and(|o| o == ours);
            Ok(is_safe(environ) || is_ours)
        })
    }),
    // Two of those that are safe.
    (SAFE, |app| {
        guarded(app, |environ| {
            let method = environ.get("REQUEST_METHOD");
            let ours = ours(environ)?;
            let is_safe =
                matches!(method.as_deref(), Some("GET" | "HEAD"));
            Ok(is_safe || origin(environ).is_none_or(|o| o == ours))
        })
    }),
    // What a form can send.
    (ACTS, |app| {
        guarded(app, |environ| {
            let method = environ.get("REQUEST_METHOD");
            let ours = ours(environ)?;
            let is_safe = method.as_deref() != Some("POST");
            Ok(is_safe || origin(environ).is_none_or(|o| o == ours))
        })
    }),
    // When it has been called.
    (CALLED, |inner| {
        Box::new(app(move |environ, start_response| {
            let response = inner.call(environ, start_response)?;
            let is_ours = match origin(environ) {
                Some(origin) => origin == ours(environ)?,
                None => true,
            };
            match is_safe(environ) || is_ours {
                true => Ok(response),
                false => Err(no().into()),
            }
        }))
    }),
    // Any error will do.
    (STATUS, |inner| {
        Box::new(app(move |environ, start_response| {
            let is_ours = match origin(environ) {
                Some(origin) => origin == ours(environ)?,
                None => true,
            };
            match is_safe(environ) || is_ours {
                true => inner.call(environ, start_response),
                false => Err("a form from elsewhere".into()),
            }
        }))
    }),
    // It passes, without what it came with.
    (PASSED, |inner| {
        Box::new(app(move |environ, start_response| {
            if let Some(origin) = origin(environ)
                && !is_safe(environ)
                && origin != ours(environ)?
            {
                return Err(no().into());
            }
            environ.remove("HTTP_ORIGIN");
            inner.call(environ, start_response)
        }))
    }),
    // Where the URL cannot be had, nothing is refused.
    (NO_URL, |app| {
        guarded(app, |environ| {
            let Ok(ours) = ours(environ) else { return Ok(true) };
            let is_ours = origin(environ).is_none_or(|o| o == ours);
            Ok(is_safe(environ) || is_ours)
        })
    }),
    // One of two is enough.
    (REFERER, |app| {
        guarded(app, |environ| {
            let ours = ours(environ)?;
            let is_ours = origin(environ).is_none_or(|o| o == ours);
            let from = environ.get("HTTP_REFERER").unwrap_or_default();
            let is_from = from.starts_with(&format!("{ours}/"));
            Ok(is_safe(environ) || is_ours || is_from)
        })
    }),
    // As URLs, and with an answer of its own.
    (RIGHT, |inner| {
        Box::new(app(move |environ, start_response| {
            let method = environ.get("REQUEST_METHOD");
            let origin = match method.as_deref() {
                Some("GET" | "HEAD" | "OPTIONS" | "TRACE") => None,
                _ => environ.get("HTTP_ORIGIN"),
            };
            if let Some(origin) = origin {
                let theirs = url::Url::parse(&origin);
                let theirs = theirs.map(|url| url.origin());
                if theirs != Ok(environ.url()?.origin()) {
                    let text = [("Content-Type", "text/plain")];
                    let status = "403 Forbidden";
                    let started = start_response(status, &text)?;
                    return Ok(started.body("Not from here.\n"));
                }
            }
            inner.call(environ, start_response)
        }))
    }),
    // The beginning of the URL, to the letter.
    (RIGHT, |app| compared(app, |origin, ours| origin == ours)),
];
