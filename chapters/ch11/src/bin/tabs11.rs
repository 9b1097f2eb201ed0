//! Ten visits of one visitor, eight of them at once: what is counted?

use gateway::middleware::session;
use gateway::middleware::session::{MemoryStore, Session};
use gateway::{Application, Environ, app, testing};
use std::sync::Barrier;
use std::thread;

const AT_ONCE: usize = 8;

fn main() {
    let barrier = Barrier::new(AT_ONCE);
    // All eight have read by now, and none has written.
    let wait = |environ: &Environ| {
        if environ.bytes("PATH_INFO") != Some(b"/") {
            barrier.wait();
        }
    };
    let whole = ch11::stored::application(wait);
    println!("stored as a whole: {}", visits(&whole, "/slow"));
    let changes = app(|environ, start_response| {
        let session = Session::of(environ)?;
        if environ.bytes("PATH_INFO") == Some(b"/set") {
            let next = number(session.get("visits")?.as_deref()) + 1;
            wait(environ);
            session.set("visits", next)?;
        } else {
            session.update("visits", |visits| {
                Some((number(visits) + 1).to_string())
            })?;
            wait(environ);
        }
        let visits = number(session.get("visits")?.as_deref());
        let page = format!("visit {visits}\n");
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(page))
    });
    let changes = session(changes, MemoryStore::new());
    println!("changed by `set`: {}", visits(&changes, "/set"));
    println!("changed by `update`: {}", visits(&changes, "/update"));
}

fn number(text: Option<&str>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// What the page says at the last of ten visits.
fn visits(app: &(impl Application + Sync), path: &str) -> String {
    let first = testing::get(app, "/?name=Ferris");
    let cookie = first.headers.get("Set-Cookie").unwrap_or_default();
    let ask = |path| {
        let mut environ = testing::environ("GET", path);
        environ.set("HTTP_COOKIE", cookie);
        testing::ask(app, environ).text().trim().to_string()
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| ask(path));
        }
    });
    ask("/")
}
