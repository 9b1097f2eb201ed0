//! Much of it: failures, texts, logs, lines.

use crate::debugger::{
    TEXT, address, again, browser, fails, form, formless, sends,
};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Error, app};
use std::io::Write;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

const MANY: usize = 10_000;

/// Of errors that know no way: to look that up is what takes long.
#[test]
fn twenty_of_ten_thousand_are_kept() {
    let errors = thread::spawn(|| {
        let error = |n: usize| Error::from(format!("number {n}"));
        (1..=MANY).rev().map(error).collect::<Vec<_>>()
    });
    let errors = Mutex::new(errors.join().unwrap());
    let app = debugger(app(|_, start_response| {
        match errors.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => Ok(start_response("200 OK", &TEXT)?.body("theirs")),
        }
    }));
    let mut last = String::new();
    for number in 1..=MANY {
        let mut request = sends("/", "a".repeat(100));
        request.set("HTTP_ACCEPT", "*/*");
        let answer = ask(&app, request);
        let (path, token) = address(&answer);
        assert_eq!(path, format!("/_debugger/{token}/{number}"));
        assert!(answer.text().starts_with("POST /: number "));
        last = path;
    }
    let list = last.trim_end_matches(char::is_numeric);
    let page = ask(&app, browser(list));
    let text = page.text();
    assert!(text.contains("<h1>The last failures</h1>"));
    assert_eq!(text.matches("<a href").count(), 20);
    let first = MANY - 19;
    for number in first..=MANY {
        let path = format!("{list}{number}");
        let line = format!("\"{path}\">POST /: number {number}</a>");
        assert!(text.contains(&line));
        let page = ask(&app, browser(&path));
        let title = format!("<h1>POST /: number {number}</h1>");
        assert!(page.text().contains(&title));
    }
    let gone = ask(&app, browser(&format!("{list}{}", first - 1)));
    assert!(gone.text().contains("<h1>The last failures</h1>"));
}

#[test]
fn an_error_of_ten_megabytes_has_a_page_that_can_be_used() {
    for text in ["<\n", "\u{1f600}"] {
        let long = text.repeat((10 << 20) / text.len());
        let app = debugger(fails(long));
        let page = ask(&app, browser("/"));
        assert_eq!(page.status, "500 Internal Server Error");
        let length = page.body.len();
        assert!(length < 2 << 20, "{length} bytes for {text:?}");
        assert!(page.text().contains("<h2>It began at</h2>"));
        let page = again(&app, &page);
        assert!(page.text().contains("<h2>Last time</h2>"));
    }
}

#[test]
fn a_log_of_ten_megabytes_is_shown_as_far_as_it_is_kept() {
    let app = debugger(app(|environ, _| {
        let text = "a line of the log\n".repeat(600_000);
        environ.errors.write_all(text.as_bytes())?;
        environ.errors.write_all(b"one more\n")?;
        Err("on purpose".into())
    }));
    let page = ask(&app, browser("/"));
    assert_eq!(page.log.matches("a line of the log").count(), 600_000);
    let text = page.text();
    let open = formless(&text);
    let lines = open.matches("\n  a line of the log").count();
    assert!((3_000..4_000).contains(&lines), "{lines}");
    let page = again(&app, &page);
    assert!(page.text().contains("<h2>Last time</h2>"));
}

/// Each line once more: what they have in common is found in time.
#[test]
fn a_body_of_many_lines_is_compared_in_time() {
    let app = debugger(fails("on purpose"));
    let lines: String =
        (0..130_000).map(|n| format!("{n}\n")).collect();
    let page = ask(&app, sends("/", lines));
    let start = Instant::now();
    let page = again(&app, &page);
    let took = start.elapsed();
    assert!(page.text().contains("\n  129999\n"));
    assert!(took.as_secs() < 20, "{took:?}");
}

#[test]
fn the_longest_body_that_is_kept_can_be_sent_again() {
    let app = debugger(app(|environ, _| {
        let mut body = Vec::new();
        let length = environ.input.read_to_end(&mut body)?;
        Err(format!("{length} bytes").into())
    }));
    for byte in [b"\xff", b"\x1b"] {
        let page = ask(&app, sends("/", byte.repeat((1 << 20) - 1)));
        assert!(form(&page.text())[2].len() > 1 << 20);
        let page = again(&app, &page);
        let said = "<h1>POST /: 1048575 bytes</h1>";
        assert!(page.text().contains(said), "{byte:?}");
    }
}
