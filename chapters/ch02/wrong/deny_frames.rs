//! The check of exercise 2.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use ch02::{Environ, StartResponse};
use std::cell::Cell;

pub const READ: &str = "Once";

pub const HINT: &str = "`Box::new(|status, headers| …)`, and inside \
    call `start_response`. `headers` is borrowed; `to_vec()` makes a \
    list of your own, to which a pair can be added.";

type Answer = fn(StartResponse) -> StartResponse;

const ADD: &str = "`X-Frame-Options: DENY` is added, once, whatever the \
    application answers.";
const KEEP: &str = "The application's own header fields are sent as \
    well, and before it.";
const STATUS: &str = "The status is the application's.";

thread_local! {
    /// An application captures nothing; this is how it gets at it.
    static ANSWER: Cell<Answer> = const { Cell::new(|start| start) };
}

/// What is printed, less the length, when an application starts so.
fn printed(answer: Answer, is_found: bool) -> Vec<String> {
    ANSWER.set(answer);
    let found: ch02::Application = |_, start_response| {
        let headers = [
            ("Set-Cookie", "b"),
            ("Set-Cookie", "a"),
            ("X-Frame-Options", "SAMEORIGIN"),
        ];
        let start_response = ANSWER.get()(start_response);
        start_response("200 OK", &headers).body([])
    };
    let lost: ch02::Application = |_, start_response| {
        let start_response = ANSWER.get()(start_response);
        start_response("404 Not Found", &[]).body([])
    };
    let application = if is_found { found } else { lost };
    let mut out = Vec::new();
    ch02::respond(application, &Environ::new(), &mut out)
        .expect("a vector takes everything");
    let text = String::from_utf8_lossy(&out);
    text.trim_end().lines().map(String::from).collect()
}

pub fn check(deny_frames: Answer) -> Verdict {
    let deny = "X-Frame-Options: DENY".to_string();
    let lost = "start_response(\"404 Not Found\", [])";
    let fields = || printed(deny_frames, false).split_off(1);
    expect(lost, fields, vec![deny.clone()], ADD)?;
    let first = || printed(deny_frames, false).remove(0);
    expect(lost, first, "Status: 404 Not Found".into(), STATUS)?;
    let found = "start_response(\"200 OK\", [(\"Set-Cookie\", \"b\"), \
                 (\"Set-Cookie\", \"a\"), (\"X-Frame-Options\", \
                 \"SAMEORIGIN\")])";
    let expected = [
        "Status: 200 OK".into(),
        "Set-Cookie: b".into(),
        "Set-Cookie: a".into(),
        "X-Frame-Options: SAMEORIGIN".into(),
        deny,
    ];
    expect(found, || printed(deny_frames, true), expected.into(), KEEP)
}

const DENY: (&str, &str) = ("X-Frame-Options", "DENY");

pub const WRONG: [(&str, Answer); 6] = [
    // Nothing added.
    (ADD, |start_response| start_response),
    // The application's own replaced.
    (KEEP, |start_response| {
        Box::new(|status, _| start_response(status, &[DENY]))
    }),
    // A status made up.
    (STATUS, |start_response| {
        Box::new(|_, headers| {
            let headers = [headers, &[DENY]].concat();
            start_response("200 OK", &headers)
        })
    }),
    // Put in front.
    (KEEP, |start_response| {
        Box::new(|status, headers| {
            start_response(status, &[&[DENY], headers].concat())
        })
    }),
    // Only where the application says nothing of it.
    (KEEP, |start_response| {
        Box::new(|status, headers| {
            let mut headers = headers.to_vec();
            if !headers.iter().any(|(name, _)| *name == DENY.0) {
                headers.push(DENY);
            }
            start_response(status, &headers)
        })
    }),
    // One field of each name.
    (KEEP, |start_response| {
        Box::new(|status, headers| {
            let all = headers.iter().chain([&DENY]).copied();
            let map: std::collections::BTreeMap<_, _> = all.collect();
            let headers: Vec<_> = map.into_iter().collect();
            start_response(status, &headers)
        })
    }),
];
