//! Errors, values and panics that are worse than others.

use crate::debugger::{
    PLAIN, TEXT, again, browser, fails, failure, form, formless,
    submitted,
};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Error, app, watch};
use std::error::Error as StdError;
use std::fmt;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Panics the `n`th time that it is shown.
#[derive(Debug)]
struct Panics(AtomicUsize, usize);

impl Panics {
    fn at(n: usize) -> Self {
        Self(AtomicUsize::new(0), n)
    }
}

impl fmt::Display for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.fetch_add(1, Ordering::Relaxed) + 1 == self.1 {
            true => panic!("it cannot be shown"),
            false => f.write_str("a secret of the program"),
        }
    }
}

impl StdError for Panics {}

#[test]
fn a_failure_of_our_own_hides_nothing_and_shows_nothing() {
    for n in 1..6 {
        let app = debugger(app(|environ, start_response| {
            if environ.bytes("PATH_INFO") == Some(b"/fine") {
                return Ok(start_response("200 OK", &TEXT)?.body("ok"));
            }
            Err(Panics::at(n).into())
        }));
        let answer = ask(&app, browser("/"));
        let log = &answer.log;
        assert_eq!(answer.status, "500 Internal Server Error");
        assert!(log.contains("a secret of the program"), "{n}: {log}");
        if answer.text() == PLAIN {
            let own = "GET /: the application panicked: it cannot be";
            assert!(log.contains(own), "{n}: {log}");
        } else {
            assert!(answer.text().contains("a secret of the program"));
            assert!(!log.contains("it cannot be shown"));
        }
        assert!(n != 1 && n != 2 || answer.text() == PLAIN, "{n}");
        assert!(n != 5 || answer.text() != PLAIN);
        // And the next is served.
        assert_eq!(ask(&app, browser("/fine")).text(), "ok");
    }
}

#[test]
fn it_is_a_plain_failure_of_another_try_too() {
    let app = debugger(app(|environ, _| {
        match environ.bytes("HTTP_AGAIN").is_some() {
            true => Err(Panics::at(1).into()),
            false => Err("on purpose".into()),
        }
    }));
    let page = ask(&app, browser("/"));
    let mut form = form(&page.text());
    form[2] += "HTTP_AGAIN=yes\n";
    let answer = ask(&app, submitted(&form));
    assert_eq!(answer.status, "200 OK");
    let said = "<mark>Status: 500 Internal Server Error</mark>";
    assert!(answer.text().contains(said));
    assert!(answer.log.contains("it cannot be shown"));
}

/// Says that it cannot be shown, by an error.
#[derive(Debug)]
struct Mute;

impl fmt::Display for Mute {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

impl StdError for Mute {}

#[test]
fn an_error_that_cannot_be_shown_has_a_page() {
    let app = debugger(app(|_, _| Err(Mute.into())));
    let answer = ask(&app, browser("/"));
    let said = "an error that cannot be shown";
    assert!(answer.text().contains(said), "{}", answer.text());
    assert!(answer.log.contains(said), "{}", answer.log);
}

/// Is its own cause.
#[derive(Debug)]
struct Own;

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("because of itself")
    }
}

impl StdError for Own {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self)
    }
}

/// One of many.
#[derive(Debug)]
struct Deep(usize, Option<Box<Deep>>);

impl fmt::Display for Deep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cause {}", self.0)
    }
}

impl StdError for Deep {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

#[test]
fn causes_come_to_an_end() {
    let app = debugger(app(|_, _| Err(Own.into())));
    let answer = ask(&app, browser("/"));
    let text = answer.text();
    let page = formless(&text);
    assert_eq!(page.matches("  because of itself\n").count(), 31);

    let app = debugger(self::app_of(|| {
        let mut deep = Deep(999, None);
        for n in (0..999).rev() {
            deep = Deep(n, Some(Box::new(deep)));
        }
        deep.into()
    }));
    let answer = ask(&app, browser("/"));
    let text = answer.text();
    let page = formless(&text);
    assert!(page.contains("<h1>GET /: cause 0</h1>"));
    assert!(page.contains("\n  cause 31\n"));
    assert!(!page.contains("cause 32"));
}

fn app_of(
    make: impl Fn() -> Error + Send + Sync,
) -> impl gateway::Application {
    app(move |_, _| Err(make()))
}

struct Silent;

impl fmt::Debug for Silent {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a value does not like to be watched")
    }
}

struct MuteValue;

impl fmt::Debug for MuteValue {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[test]
fn values_do_no_harm() {
    let app = debugger(app(|_, _| {
        let (before, silent, mute) = ("before", Silent, MuteValue);
        let long = "x".repeat(10 << 20);
        watch!(before, silent, mute, long);
        for number in 0..10_000 {
            watch!(number);
        }
        Err("on purpose".into())
    }));
    let answer = ask(&app, browser("/"));
    let text = answer.text();
    let page = formless(&text);
    assert!(page.contains("<h1>GET /: on purpose</h1>"));
    assert!(page.contains(
        "\n<pre tabindex=\"0\">  before = &quot;before&quot;, at "
    ));
    assert!(page.contains("\n  silent = a value that panics, at "));
    assert!(page.contains("\n  mute = a value that panics, at "));
    assert!(page.contains(&"x".repeat(999)));
    assert!(!page.contains(&"x".repeat(1000)));
    assert!(page.contains("\n  number = 95, at "));
    assert!(!page.contains("\n  number = 96, at "));
    assert!(text.len() < 100_000, "{}", text.len());
}

/// The place of a panic that nobody saw is not that of the next.
#[test]
fn a_panic_that_was_caught_is_over() {
    let app = debugger(app(|environ, start_response| {
        if environ.bytes("PATH_INFO") == Some(b"/caught") {
            let caught = catch_unwind(the_first);
            assert!(caught.is_err());
            return Ok(start_response("200 OK", &TEXT)?.body("ok"));
        }
        let thread = thread::spawn(|| panic!("of another thread"));
        // It goes on without the hook.
        resume_unwind(thread.join().unwrap_err());
    }));
    assert_eq!(ask(&app, browser("/caught")).text(), "ok");
    let answer = ask(&app, browser("/"));
    let text = answer.text();
    assert!(text.contains("panicked: of another thread</h1>"));
    let page = formless(&text);
    assert!(!page.contains("panic!(&quot;the first panic"), "{page}");
}

/// Illegal statuses, headers and the like are the exchange's to judge.
#[test]
fn a_failure_that_must_not_be_sent_is_a_plain_one() {
    for status in ["5", "500", "5xx What", "500 A\r\nX: y", "599 \0"] {
        let app = debugger(app(|_, _| failure(status)));
        let answer = ask(&app, browser("/"));
        if answer.status != status {
            assert_eq!(answer.status, "500 Internal Server Error");
            assert_eq!(answer.text(), PLAIN, "{status:?}");
        }
        assert_eq!(answer.headers.get("X"), None);
        assert!(answer.log.contains("so it is"), "{}", answer.log);
    }
}

#[test]
fn an_error_of_nothing_has_a_page() {
    for error in ["", "\n", "\n\n\n", " ", "…", " …", "> "] {
        let app = debugger(fails(error));
        let page = ask(&app, browser("/"));
        let text = page.text();
        assert!(text.contains("<h1>GET /: "), "{error:?}: {text}");
        assert!(text.contains("<h2>It began at</h2>"), "{text}");
        let page = again(&app, &page);
        assert!(page.text().contains("<h1>GET /: "), "{error:?}");
    }
}

/// Is so far from the others that their sources are shown without it.
fn the_first() {
    panic!("the first panic");
}
