//! The check of exercise 3.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Environ, ErrorLog, Failure, Key, Result, StartResponse,
};
use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

pub const READ: &str = "Keys of one's own";

pub const HINT: &str = "A `Cell` in front of the closure, moved into \
    it. `environ.insert` comes before `app.call`, whose result is the \
    closure's.";

type Answer =
    fn(Box<dyn Application>, Key<u32>) -> Box<dyn Application>;

const FIRST: &str = "The application finds the count when it is \
    called, and it is 1 then; what is inserted after the call comes \
    too late.";
const OWN: &str = "Each middleware has a count of its own, and another \
    has begun at 1 again.";
const COUNT: &str = "The count outlives a request: it belongs to the \
    closure, and not into it.";
const FAILED: &str = "A request that ends in an error was a request \
    all the same.";
const KEY: &str = "The count is inserted under the key that was \
    given.";
const BEFORE: &str = "What somebody has left under the key before is \
    not the count: insert it in every case.";
const FAR: &str = "The count is a `u32`, and goes on where a smaller \
    number cannot.";
const MEANWHILE: &str = "An application may be called while it answers \
    another request: whoever holds a borrow or a lock meanwhile keeps \
    it out.";
const PASS: &str = "What the application answers is passed on as it \
    is.";

const VISITS: Key<u32> = Key::new("exercise.visits");
const CALLS: Key<u32> = Key::new("exercise.calls");
/// There is something under this one already.
const BEFORE_US: Key<u32> = Key::new("exercise.before");

/// Calls an application, and returns what it answers.
fn call(app: &dyn Application) -> String {
    let mut environ = Environ::new();
    environ.errors = ErrorLog::new(io::sink());
    environ.insert(BEFORE_US, 7);
    let mut out = Vec::new();
    exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// What an application finds under `key`, called so many times; the
/// first time it fails, if it is to.
fn found(
    answer: Answer,
    key: Key<u32>,
    times: usize,
    is_to_fail: bool,
) -> Vec<Option<u32>> {
    let found = Rc::new(RefCell::new(Vec::new()));
    let own = Rc::clone(&found);
    let app = move |environ: &mut Environ, start: StartResponse<'_>| {
        own.borrow_mut().push(environ.extension(key).copied());
        if is_to_fail && own.borrow().len() == 1 {
            return Err("not today".into());
        }
        Ok(start("200 OK", &[])?.body("Welcome"))
    };
    let app = answer(Box::new(app), key);
    for _ in 0..times {
        call(&*app);
    }
    found.take()
}

/// What is found by a request, and by one that is made meanwhile.
fn nested(answer: Answer) -> Vec<Option<u32>> {
    let whole: Rc<OnceCell<Box<dyn Application>>> = Rc::default();
    let found = Rc::new(RefCell::new(Vec::new()));
    let (again, own) = (Rc::clone(&whole), Rc::clone(&found));
    let app = move |environ: &mut Environ, start: StartResponse<'_>| {
        own.borrow_mut().push(environ.extension(VISITS).copied());
        if own.borrow().len() == 1 {
            call(again.get().expect("it has been made"));
        }
        Ok(start("200 OK", &[])?.body("Welcome"))
    };
    call(whole.get_or_init(|| answer(Box::new(app), VISITS)));
    found.take()
}

/// An answer with some of everything.
fn teapot(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<gateway::Response> {
    let headers = [("Content-Type", "text/plain"), ("A", "b")];
    let started = start_response("418 I am a teapot", &headers)?;
    Ok(started.body(["short ", "and stout"]))
}

pub fn check(visits: Answer) -> Verdict {
    let once = || found(visits, VISITS, 1, false);
    expect("a request", once, vec![Some(1)], FIRST)?;
    let other = "a request to another application";
    expect(other, once, vec![Some(1)], OWN)?;
    let three = || found(visits, VISITS, 3, false);
    let all = [1, 2, 3].map(Some);
    expect("three requests", three, all.into(), COUNT)?;
    let failing = || found(visits, VISITS, 3, true);
    let sent = "three requests, the first of which ends in an error";
    expect(sent, failing, all.into(), FAILED)?;
    let other = || found(visits, CALLS, 2, false);
    let sent = "two requests, and another key";
    expect(sent, other, vec![Some(1), Some(2)], KEY)?;
    let before = || found(visits, BEFORE_US, 2, false);
    let sent = "two requests, with a 7 under the key";
    expect(sent, before, vec![Some(1), Some(2)], BEFORE)?;
    let last = || found(visits, VISITS, 300, false).pop();
    expect("the last of 300 requests", last, Some(Some(300)), FAR)?;
    let both = vec![Some(1), Some(2)];
    let sent = "a request, and another while it is answered";
    expect(sent, || nested(visits), both, MEANWHILE)?;
    let gone = || Box::new(Failure::new("410 Gone", "no more tea"));
    let answer = || call(&*visits(gone(), VISITS));
    let sent = "a request to an application that fails with 410";
    expect(sent, answer, call(&*gone()), PASS)?;
    let answer = || call(&*visits(Box::new(teapot), VISITS));
    let sent = "a request to an application that answers 418";
    expect(sent, answer, call(&teapot), PASS)
}

pub const WRONG: [(&str, Answer); 8] = [
    // Counted behind the application's back.
    (FIRST, |app, key| {
        let count = Cell::new(0);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                let response = app.call(environ, start);
                count.set(count.get() + 1);
                environ.insert(key, count.get());
                response
            },
        )
    }),
    // A count that begins with each request.
    (COUNT, |app, key| {
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                let count = Cell::new(0);
                count.set(count.get() + 1);
                environ.insert(key, count.get());
                app.call(environ, start)
            },
        )
    }),
    // One count for everybody.
    (OWN, |app, key| {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                environ.insert(key, count);
                app.call(environ, start)
            },
        )
    }),
    // `?` in front of the counting.
    (FAILED, |app, key| {
        let count = Cell::new(1);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                environ.insert(key, count.get());
                let response = app.call(environ, start)?;
                count.set(count.get() + 1);
                Ok(response)
            },
        )
    }),
    // What is there already is left alone.
    (BEFORE, |app, key| {
        let count = Cell::new(0);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                count.set(count.get() + 1);
                if environ.extension(key).is_none() {
                    environ.insert(key, count.get());
                }
                app.call(environ, start)
            },
        )
    }),
    // A smaller number, which begins again.
    (FAR, |app, key| {
        let count = Cell::new(0_u8);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                count.set(count.get().wrapping_add(1));
                environ.insert(key, u32::from(count.get()));
                app.call(environ, start)
            },
        )
    }),
    // A borrow for as long as the request takes.
    (MEANWHILE, |app, key| {
        let count = RefCell::new(0);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                let mut count = count.borrow_mut();
                *count += 1;
                environ.insert(key, *count);
                app.call(environ, start)
            },
        )
    }),
    // The error as a text, without its status.
    (PASS, |app, key| {
        let count = Cell::new(0);
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                count.set(count.get() + 1);
                environ.insert(key, count.get());
                let response = app.call(environ, start);
                response.map_err(|error| error.to_string().into())
            },
        )
    }),
];
