//! The check of exercise 5.5, and answers that it must reject or take.

use crate::exercise::{Complaint, RIGHT, Verdict, expect, field};
use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Body, Environ, ErrorLog, Response, Result,
    StartResponse,
};
use std::io::{self, Write};
use std::iter::once_with;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread::{self, scope};
use std::time::{Duration, Instant};

pub const READ: &str = "Workers";

pub const HINT: &str = "A struct that holds an `Arc<AtomicUsize>` and \
    counts down when it is dropped. `fetch_update` adds one if there \
    is room, in one step. Made before the application is called, it is \
    dropped at the right moment if nothing is done about it: with an \
    error, with a panic. Only the body has to be given it along, with \
    `Response::map` and a closure that owns it.";

type Shared = Box<dyn Application + Send + Sync>;
type Answer = fn(Shared, usize) -> Shared;

const PASS: &str = "Where there is room, the application's answer is \
    passed on as it is.";
const ENDED: &str = "When the body has been sent, the request is over, \
    and the next one has its place.";
const BUSY: &str = "While as many requests as allowed are under way, \
    the next is told 503, when to try again, and why.";
const HELD: &str = "Nobody waits for a place. Whoever holds a lock \
    while the application works keeps others even from being told.";
const REFUSED: &str = "A request that is refused takes no place, and \
    has none to give back.";
const BODY: &str = "The application has returned, but its body is \
    still being sent: until that is dropped, the place is taken.";
const FAILED: &str = "A request is over as well when the application \
    fails or panics. Whoever counts down by hand misses one of the \
    ways out; `drop` misses none.";
const LEFT: &str = "A body that nobody asks for, or not to its end, is \
    dropped all the same, and then there is room.";
const LAZY: &str = "A block is made when it is asked for. Whoever makes \
    all of them at once makes them also for a visitor who has left.";
const OWN: &str = "Each call of `at_most` counts for itself: another \
    application has room of its own.";
const ROOM: &str = "As many are let in at a time as `most` says.";
const STEP: &str = "Two have come in where there was room for one. To \
    look at the number and to change it has to be one step.";

const PAGE: &str = "200 OK, Content-Type: text/plain, Hello";
const NO_ROOM: &str = "503 Service Unavailable, \
                       Content-Type: text/plain, Retry-After: 1, \
                       Busy.\n";
const LATE: &str = "no answer within two seconds";

/// A site with the reader's limit. Its application asks it for more
/// while it answers.
#[derive(Clone, Default)]
struct Site {
    limited: Arc<OnceLock<Shared>>,
    /// What those got who came meanwhile.
    meanwhile: Arc<Mutex<Vec<String>>>,
    inside: Arc<AtomicUsize>,
    was_crowded: Arc<AtomicBool>,
}

impl Site {
    fn new(answer: Answer, most: usize) -> Self {
        let site = Self::default();
        let own = site.clone();
        let app =
            move |environ: &mut Environ,
                  start_response: StartResponse<'_>| {
                own.answer(environ, start_response)
            };
        site.limited.get_or_init(|| answer(Box::new(app), most));
        site
    }

    fn answer(
        &self,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match &*path {
            "/fails" => return Err("an error".into()),
            // `panic!` would print something.
            "/panics" => resume_unwind(Box::new("a panic")),
            "/crowd" => self.crowd(),
            path => {
                if let Some(rest) = path.strip_prefix("/call") {
                    self.ask_twice(rest);
                }
            }
        }
        let headers = [("Content-Type", "text/plain")];
        let started = start_response("200 OK", &headers)?;
        let own = self.clone();
        let is_late = path == "/body";
        let late = once_with(move || {
            if is_late {
                own.ask_twice("");
            }
            Ok(b"lo".into())
        });
        let early = [Ok(b"Hel".into())];
        Ok(started.body(Body::blocks(early.into_iter().chain(late))))
    }

    /// Asks for a path twice, and keeps what comes back. Where nothing
    /// does, once is enough.
    fn ask_twice(&self, path: &str) {
        for _ in 0..2 {
            let got = self.ask(path);
            let is_late = got == LATE;
            self.meanwhile.lock().expect("nobody panics").push(got);
            if is_late {
                break;
            }
        }
    }

    /// Notices if somebody else is here.
    fn crowd(&self) {
        if self.inside.fetch_add(1, Ordering::SeqCst) > 0 {
            self.was_crowded.store(true, Ordering::SeqCst);
        }
        thread::yield_now();
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }

    /// What a visitor gets, if it comes in time.
    fn ask(&self, path: &str) -> String {
        let (sender, receiver) = mpsc::channel();
        let (own, path) = (self.clone(), path.to_string());
        thread::spawn(move || {
            let mut out = Vec::new();
            own.visit("GET", &path, &mut out);
            // Nobody waits any more when its time was up.
            let _ = sender.send(shown(&out));
        });
        let got = receiver.recv_timeout(Duration::from_secs(2));
        got.unwrap_or(LATE.into())
    }

    fn visit(&self, method: &str, path: &str, out: &mut dyn Write) {
        let mut environ = Environ::new();
        environ.set("REQUEST_METHOD", method);
        environ.set("PATH_INFO", path);
        environ.errors = ErrorLog::new(io::sink());
        if let Some(limited) = self.limited.get() {
            let cgi = Protocol::Cgi;
            exchange::run(&**limited, &mut environ, cgi, out);
        }
    }
}

/// An answer in one line, whether its length is told or not.
fn shown(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer).replace("Status: ", "");
    let is_told = |line: &&str| {
        !line.is_empty() && !line.starts_with("Content-Length: ")
    };
    let mut lines: Vec<_> =
        text.split("\r\n").filter(is_told).map(field).collect();
    // The fields between status and page, in whatever order.
    if let [_, fields @ .., _] = &mut lines[..] {
        fields.sort_unstable();
    }
    lines.join(", ")
}

/// A client that does something at each write.
struct Client<F>(F);

impl<F: FnMut() -> io::Result<()>> Write for Client<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)().map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A visitor who leaves after so many writes.
fn leaving(mut writes: usize) -> impl Write {
    Client(move || {
        let gone = io::ErrorKind::BrokenPipe;
        writes = writes.checked_sub(1).ok_or(gone)?;
        Ok(())
    })
}

pub fn check(at_most: Answer) -> Verdict {
    let (page, no_room) = (|| PAGE.to_string(), || NO_ROOM.to_string());
    let ask = |path| {
        let site = Site::new(at_most, 1);
        site.ask(path);
        site.ask("/")
    };
    let sent = |what: &str| format!("at_most(app, 1), {what}");
    let first = || Site::new(at_most, 1).ask("/");
    expect(sent("a request"), first, page(), PASS)?;
    let what = "a request, and after it another";
    expect(sent(what), || ask("/"), page(), ENDED)?;
    let meanwhile = |most, path: &str| {
        let site = Site::new(at_most, most);
        site.visit("GET", path, &mut io::sink());
        let meanwhile = site.meanwhile.lock().expect("nobody panics");
        meanwhile.clone()
    };
    let what = "a request while the application works on another";
    let got = || meanwhile(1, "/call").remove(0);
    let is_held = |complaint: Complaint| complaint.hint_if(LATE, HELD);
    let expected = no_room();
    expect(sent(what), got, expected, BUSY).map_err(is_held)?;
    let what = "two requests while the application works on another";
    let expected = vec![no_room(); 2];
    expect(sent(what), || meanwhile(1, "/call"), expected, REFUSED)?;
    let what = "a request after one that was refused";
    expect(sent(what), || ask("/call"), page(), REFUSED)?;
    let what = "a request while the body of another is sent";
    let got = || meanwhile(1, "/body").remove(0);
    expect(sent(what), got, no_room(), BODY).map_err(is_held)?;
    let what = "a request after one that failed";
    expect(sent(what), || ask("/fails"), page(), FAILED)?;
    let what = "a request after one that panicked";
    expect(sent(what), || ask("/panics"), page(), FAILED)?;
    for (method, writes) in [("HEAD", 9), ("GET", 0), ("GET", 1)] {
        let what = match method {
            "HEAD" => "a request after a HEAD".to_string(),
            _ => format!("a visitor who takes {writes} blocks"),
        };
        let got = || {
            let site = Site::new(at_most, 1);
            site.visit(method, "/", &mut leaving(writes));
            site.ask("/")
        };
        expect(sent(&what), got, page(), LEFT)?;
    }
    let made = || {
        let site = Site::new(at_most, 1);
        site.visit("GET", "/body", &mut leaving(0));
        !site.meanwhile.lock().expect("nobody panics").is_empty()
    };
    let what =
        "a visitor who leaves before the last block; was it made";
    expect(sent(what), made, false, LAZY)?;
    let other = || {
        let (other, mut got) = (Site::new(at_most, 1), None);
        let mut client = Client(|| {
            got = Some(other.ask("/"));
            Ok(())
        });
        Site::new(at_most, 1).visit("GET", "/", &mut client);
        got
    };
    let what = "a request to another application meanwhile";
    expect(sent(what), other, Some(page()), OWN)?;
    for (most, path, expected) in [
        (0, "/call", None),
        (2, "/call", Some(page())),
        (2, "/call/call", Some(no_room())),
        (3, "/call/call", Some(page())),
    ] {
        let others = path.matches("call").count();
        let sent = format!(
            "at_most(app, {most}), a request while the application \
             works on {others}"
        );
        let got = || meanwhile(most, path).first().cloned();
        expect(sent, got, expected, ROOM)?;
    }
    let was_crowded = || {
        let site = Site::new(at_most, 1);
        let began = Instant::now();
        let visit = || {
            while began.elapsed() < Duration::from_millis(500) {
                site.visit("GET", "/crowd", &mut io::sink());
            }
        };
        scope(|scope| {
            for _ in 0..2 {
                scope.spawn(visit);
            }
        });
        site.was_crowded.load(Ordering::SeqCst)
    };
    let what = "two threads for half a second; were both in at once?";
    expect(sent(what), was_crowded, false, STEP)
}

/// What those get for whom there is no room: fields in small letters.
fn busy(start_response: StartResponse<'_>) -> Result<Response> {
    let headers =
        [("content-type", "text/plain"), ("retry-after", "1")];
    let started = start_response("503 Service Unavailable", &headers)?;
    Ok(started.body("Busy.\n"))
}

/// Counts down after the last block, if it ever comes to that.
fn until_the_last(
    app: Shared,
    most: usize,
    take: fn(&AtomicUsize, usize) -> bool,
) -> Shared {
    let taken = Arc::new(AtomicUsize::new(0));
    Box::new(move |environ: &mut Environ, start: StartResponse| {
        if !take(&taken, most) {
            return busy(start);
        }
        let end = Arc::clone(&taken);
        let end = once_with(move || {
            end.fetch_sub(1, Ordering::SeqCst);
            Ok(b"".into())
        });
        let response = app.call(environ, start)?;
        Ok(response.map(|body| Body::blocks(body.chain(end))))
    })
}

/// A place is taken by who has a clone of this, but for the first.
type Places = Arc<Mutex<()>>;

/// Keeps a place until the body, which is changed, is dropped.
fn kept(
    app: Shared,
    most: usize,
    places: fn() -> Arc<Places>,
    change: fn(Body) -> Body,
) -> Shared {
    let places = places();
    Box::new(move |environ: &mut Environ, start: StartResponse| {
        let taking = places.lock();
        if Arc::<Mutex<()>>::strong_count(&places) > most {
            return busy(start);
        }
        let place = Arc::clone(&*places);
        drop(taking);
        let response = app.call(environ, start)?;
        Ok(response.map(|body| {
            change(body).map_blocks(move |block| {
                let _ = &place;
                block
            })
        }))
    })
}

pub const WRONG: [(&str, Answer); 7] = [
    // One at a time: the others wait.
    (HELD, |app, _| {
        let lock = Mutex::new(());
        Box::new(move |environ: &mut Environ, start: StartResponse| {
            let _guard = lock.lock();
            app.call(environ, start)
        })
    }),
    // Over when the application returns.
    (BODY, |app, most| {
        let taken = AtomicUsize::new(0);
        Box::new(move |environ: &mut Environ, start: StartResponse| {
            let others = taken.fetch_add(1, Ordering::SeqCst);
            let response = match others < most {
                true => app.call(environ, start),
                false => busy(start),
            };
            taken.fetch_sub(1, Ordering::SeqCst);
            response
        })
    }),
    // Those who are refused are counted for ever.
    (REFUSED, |app, most| {
        until_the_last(app, most, |taken, most| {
            taken.fetch_add(1, Ordering::SeqCst) < most
        })
    }),
    // The way out by an error is forgotten.
    (FAILED, |app, most| {
        until_the_last(app, most, |taken, most| {
            let is_room = taken.load(Ordering::SeqCst) < most;
            taken.fetch_add(usize::from(is_room), Ordering::SeqCst);
            is_room
        })
    }),
    // All blocks made before the first is sent.
    (LAZY, |app, most| {
        kept(app, most, Arc::default, |body| {
            Body::blocks(body.collect::<Vec<_>>())
        })
    }),
    // One count for all applications.
    (OWN, |app, most| {
        static ALL: OnceLock<Arc<Places>> = OnceLock::new();
        let places = || Arc::clone(ALL.get_or_init(Arc::default));
        kept(app, most, places, |body| body)
    }),
    // Counted by the clones that there are.
    (RIGHT, |app, most| kept(app, most, Arc::default, |body| body)),
];
