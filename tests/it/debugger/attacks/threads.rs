//! Many fail at once, and each sees its own.

use crate::debugger::{address, again, browser, sends};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{app, watch};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Barrier, Mutex};
use std::thread;

const CLIENTS: usize = 50;

#[test]
fn fifty_at_once_see_each_their_own() {
    let barrier = Barrier::new(CLIENTS);
    let app = debugger(app(|environ, _| {
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        writeln!(environ.errors, "log of {body}.")?;
        watch!(body);
        if environ.bytes("HTTP_FIRST").is_some() {
            barrier.wait();
        }
        Err(format!("error of {body}.").into())
    }));
    let numbers = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (app, numbers) = (&app, &numbers);
            scope.spawn(move || {
                let name = format!("client-{client}");
                let mut request = sends("/", &name);
                request.set("HTTP_FIRST", "yes");
                let page = ask(app, request);
                is_of(&page.text(), &name);
                let (path, _) = address(&page);
                numbers.lock().unwrap().insert(path.clone());
                // The first are gone by the time that others fail.
                let answer = ask(app, browser(&path));
                let text = answer.text();
                if !text.contains("<h1>The last failures</h1>") {
                    is_of(&text, &name);
                }
            });
        }
    });
    assert_eq!(numbers.into_inner().unwrap().len(), CLIENTS);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let app = &app;
            scope.spawn(move || {
                let name = format!("client-{client}");
                let page = ask(app, sends("/", &name));
                is_of(&again(app, &page).text(), &name);
            });
        }
    });
}

#[track_caller]
fn is_of(page: &str, name: &str) {
    for said in [
        format!("<h1>POST /: error of {name}.</h1>"),
        format!("\n  log of {name}.\n"),
        format!("\n  body = &quot;{name}&quot;, at "),
        format!("\">  {name}\n</pre>"),
        format!("wsgi.input={name}\n</textarea>"),
    ] {
        assert!(page.contains(&said), "{said:?} in {page}");
    }
    let others = (0..CLIENTS).map(|n| format!("client-{n}"));
    for other in others.filter(|other| other != name) {
        let mut after = page.split(&other).skip(1);
        let is_other = after.any(|text| {
            !text.starts_with(|c: char| c.is_ascii_digit())
        });
        assert!(!is_other, "{other} in the page of {name}");
    }
}
