//! All of it around one application.

use gateway::exchange::{self, Protocol};
use gateway::middleware::{
    first_found, mount, request_id, request_id_from_proxy, timing,
    validate_middleware,
};
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Failure,
    StartResponse, app, testing,
};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// What happened, in order.
#[derive(Clone, Default)]
struct Events(Rc<RefCell<Vec<String>>>);

impl Events {
    fn push(&self, event: impl Into<String>) {
        self.0.borrow_mut().push(event.into());
    }
}

/// Where the answer goes: each block in a line of its own.
struct Wire(Events);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let body = text.rsplit("\r\n\r\n").next().unwrap_or_default();
        self.0.push(format!("sent {body}"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Dropped with the body.
struct Closes(Events);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.push("closed");
    }
}

thread_local! {
    static EVENTS: Events = Events::default();
}

fn streams() -> impl Application + Send + Sync {
    app(|_, start_response| {
        let events = EVENTS.with(Clone::clone);
        let closes = Closes(events.clone());
        let blocks =
            ["one", "two", "three"].into_iter().map(move |b| {
                let _kept = &closes;
                events.push(format!("made {b}"));
                Ok(Block::from(b.as_bytes()))
            });
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(Body::blocks(blocks)))
    })
}

fn not_found(
    _: &mut Environ,
    _: StartResponse<'_>,
) -> gateway::Result<gateway::Response> {
    Err(Failure::new("404 Not Found", "nothing").into())
}

#[test]
fn a_block_is_sent_before_the_next_is_made_through_all_of_them() {
    let inner = first_found(not_found, streams());
    let app = mount().at("/a", request_id(timing(inner)));
    let app = first_found(not_found, timing(mount().at("/", app)));
    for round in 0..2 {
        let events = EVENTS.with(Clone::clone);
        events.0.borrow_mut().clear();
        let mut environ = testing::environ("GET", "/a/b");
        environ.errors = ErrorLog::new(io::sink());
        let out = &mut Wire(events.clone());
        exchange::run(&app, &mut environ, Protocol::Cgi, out);
        assert_eq!(
            *events.0.borrow(),
            [
                "made one",
                "sent one",
                "made two",
                "sent two",
                "made three",
                "sent three",
                "closed",
            ],
            "round {round}"
        );
        assert_eq!(environ.get("SCRIPT_NAME").unwrap(), "");
        assert_eq!(environ.get("PATH_INFO").unwrap(), "/a/b");
    }
}

#[test]
fn the_validator_has_nothing_to_say_of_any() {
    let apps: [Box<dyn Application>; 6] = [
        Box::new(validate_middleware(streams(), request_id)),
        Box::new(validate_middleware(streams(), request_id_from_proxy)),
        Box::new(validate_middleware(streams(), timing)),
        Box::new(validate_middleware(streams(), |app| {
            mount().at("/a", app)
        })),
        Box::new(validate_middleware(streams(), |app| {
            first_found(not_found, app)
        })),
        Box::new(validate_middleware(streams(), |app| {
            first_found(app, not_found)
        })),
    ];
    for (at, app) in apps.iter().enumerate() {
        for method in ["GET", "HEAD"] {
            let environ = testing::environ(method, "/a/b");
            let answer = testing::ask(app, environ);
            assert_eq!(answer.status, "200 OK", "{at}: {}", answer.log);
            let body = if method == "GET" { "onetwothree" } else { "" };
            assert_eq!(answer.text(), body);
            let is_ours = |line: &&str| line.contains(" ms, ");
            let ours = answer.log.lines().filter(is_ours).count();
            assert_eq!(
                answer.log.lines().count(),
                ours,
                "{}",
                answer.log
            );
        }
    }
}
