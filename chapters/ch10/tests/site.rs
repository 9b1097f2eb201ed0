//! What the chapter promises.

use ch10::{application, naive, pages, small};
use gateway::exchange::{self, Protocol};
use gateway::middleware::{gzip, validate_middleware};
use gateway::testing::{Answer, ask, environ, get};
use gateway::{Application, Body, StartResponse, app};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

fn get_with(
    app: &impl Application,
    target: &str,
    (name, value): (&str, &str),
) -> Answer {
    let mut environ = environ("GET", target);
    environ.set(name, value);
    ask(app, environ)
}

const GZIP: (&str, &str) = ("HTTP_ACCEPT_ENCODING", "gzip");

#[test]
fn each_power_is_seen_in_both_notations() {
    fn look(app: impl Application + Send + Sync) {
        let hello = get(&app, "/?name=Ferris");
        assert_eq!(hello.status, "200 OK");
        assert_eq!(hello.text(), "HELLO FERRIS!\n");
        let control = hello.headers.get("Cache-Control");
        assert_eq!(control, Some("no-store"));
        assert_eq!(get(&app, "/other").status, "410 Gone");
        let failed = get(&app, "/");
        assert_eq!(failed.status, "503 Service Unavailable");
        assert_eq!(failed.headers.get("Retry-After"), Some("3600"));
        assert_eq!(failed.headers.get("Cache-Control"), None);
        assert!(failed.log.ends_with("nobody has said who this is\n"));
    }
    look(small::application());
    look(small::in_lines());
}

#[test]
fn a_restart_passes_by_a_wrapped_start_response() {
    let encoding = |answer: Answer| {
        assert_eq!(answer.status, "404 Not Found");
        assert!(answer.body.starts_with(b"\x1f\x8b"));
        answer.headers.get("Content-Encoding").map(str::to_owned)
    };
    let naive = get_with(&naive::gzip(pages), "/restarted", GZIP);
    assert_eq!(encoding(naive), None);
    let layer = get_with(&gzip(pages), "/restarted", GZIP);
    assert_eq!(encoding(layer).as_deref(), Some("gzip"));
}

/// What happened, in order.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<&'static str>>>);

impl Events {
    fn push(&self, event: &'static str) {
        self.0.lock().unwrap().push(event);
    }
}

impl Write for Events {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push("sent");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_block_is_on_the_wire_before_the_next_is_made() {
    let order = |wrap: fn(Counting) -> Box<dyn Application>| {
        let mut events = Events::default();
        let app = wrap(Counting(events.clone()));
        let mut environ = environ("GET", "/");
        environ.set(GZIP.0, GZIP.1);

        exchange::run(&app, &mut environ, Protocol::Cgi, &mut events);
        events.0.lock().unwrap().join(" ")
    };
    let held = order(|app| Box::new(naive::gzip(app)));
    assert_eq!(held, "made made sent");
    let flushed = order(|app| Box::new(gzip(app)));
    assert_eq!(flushed, "made sent made sent sent");
}

/// Makes two blocks, and says when.
struct Counting(Events);

impl Application for Counting {
    fn call(
        &self,
        _: &mut gateway::Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<gateway::Response> {
        let events = self.0.clone();
        let blocks = ["one\n", "two\n"].map(|text| {
            let events = events.clone();
            move || {
                events.push("made");
                Ok(text.as_bytes().into())
            }
        });
        let text = [("Content-Type", "text/plain")];
        let started = start_response("200 OK", &text)?;
        let blocks = blocks.into_iter().map(|make| make());
        Ok(started.body(Body::blocks(blocks)))
    }
}

#[test]
fn not_modified_is_what_a_client_hears_that_has_the_page() {
    let site = application();
    let first = get(&site, "/known");
    assert_eq!(first.status, "200 OK");
    let etag = first.headers.get("ETag").unwrap();
    let again = get_with(&site, "/known", ("HTTP_IF_NONE_MATCH", etag));
    assert_eq!(again.status, "304 Not Modified");
    assert_eq!(again.body, b"");
    let other = ("HTTP_IF_NONE_MATCH", "\"another\"");
    assert_eq!(get_with(&site, "/known", other).status, "200 OK");
    // A stream has no tag, and is not held back for one.
    assert_eq!(get(&site, "/count").headers.get("ETag"), None);
}

#[test]
fn mounted_applications_find_themselves_where_they_are() {
    let site = application();
    let book = get(&site, "/book/url?page=2");
    assert_eq!(
        book.text(),
        "http://localhost/book/url?page=2\nSCRIPT_NAME = /book/url\n\
         PATH_INFO = \nREMOTE_ADDR = 127.0.0.1\n"
    );
    // A prefix ends where a segment does.
    assert_eq!(get(&site, "/bookkeeper").status, "404 Not Found");
    assert_eq!(get(&site, "/club").status, "401 Unauthorized");
    let ferris = ("HTTP_AUTHORIZATION", "Basic ZmVycmlzOmNyYWI=");
    let club = get_with(&site, "/club", ferris);
    assert_eq!(club.text(), "Welcome back, Ferris.\n");
    let file = get(&site, "/ferris.txt");
    assert!(file.text().starts_with("Ferris is a crab"));
}

/// Adds the Vary that is missing, so that the answer gets further.
fn varied(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let ours: StartResponse = Box::new(|status, headers| {
            let vary = ("Vary", "Accept-Encoding");
            start_response(status, &[headers, &[vary]].concat())
        });
        inner.call(environ, ours)
    })
}

#[test]
fn the_validator_finds_all_five_faults() {
    let naive = validate_middleware(pages, naive::gzip);
    let varied =
        validate_middleware(pages, |app| varied(naive::gzip(app)));
    let log = |varies: bool, target: &str, accepted: &str| {
        let accepted = (GZIP.0, accepted);
        match varies {
            true => get_with(&varied, target, accepted).log,
            false => get_with(&naive, target, accepted).log,
        }
    };
    for (varies, target, accepted, rule) in [
        (false, "/", "gzip", "adds Vary: Accept-Encoding"),
        (true, "/", "gzip;q=0", "one that the client refuses"),
        (true, "/known", "gzip", "as many bytes as Content-Length"),
        (true, "/packed", "gzip", "not encoded once more"),
        (true, "/count", "gzip", "goes out for each that comes in"),
    ] {
        let log = log(varies, target, accepted);
        let found = format!("GET {target}: the middleware: ");
        assert!(log.starts_with(&found), "{log}");
        assert!(log.contains(rule), "{target}, {accepted}: {log}");
        assert!(!log.contains("the application: "), "{log}");
    }
    let app = validate_middleware(pages, gzip);
    for target in ["/", "/known", "/packed", "/written", "/count"] {
        assert_eq!(get_with(&app, target, GZIP).log, "", "{target}");
    }
    let gone = get_with(&app, "/restarted", GZIP).log;
    assert_eq!(gone, "");
}

#[test]
fn the_site_is_quiet_under_the_validator() {
    let site = application();
    let quiet = gateway::middleware::validate(app(|environ, start| {
        site.call(environ, start)
    }));
    for target in ["/", "/known", "/ferris.txt", "/book/url", "/club"] {
        let log = get_with(&quiet, target, GZIP).log;
        let lines = log.lines().filter(|line| {
            !line.contains(": head after ")
                && !line.contains(": no head, ")
                && !line.ends_with("401 Unauthorized: not a member")
        });
        assert_eq!(lines.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
