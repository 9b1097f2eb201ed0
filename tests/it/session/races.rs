//! Many at once in one session: no change is lost, and out stays out.
//!
//! SESSION_ROUNDS says how often a race is run.

use super::{Visitor, session_cgi, stores};
use crate::support::PATIENCE;
use gateway::middleware::session::{Session, Store, session};
use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Body, Environ, Result, app};
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::{env, iter, thread};

pub const CLIENTS: usize = 25;
/// Of each client.
pub const CHANGES: usize = 40;

pub fn name(client: usize, change: usize) -> String {
    format!("{client}.{change}")
}

pub fn all_names() -> impl Iterator<Item = String> {
    let changes = |client| (0..CHANGES).map(move |n| name(client, n));
    (0..CLIENTS).flat_map(changes)
}

fn rounds() -> usize {
    let rounds = env::var("SESSION_ROUNDS").ok();
    rounds.map_or(1000, |rounds| rounds.parse().unwrap())
}

/// What `session_cgi` has counted, and the names that are set.
pub fn found(
    store: &Arc<dyn Store>,
    visitor: &mut Visitor,
) -> (usize, BTreeSet<String>) {
    let inner = app(|environ, start_response| {
        let session = Session::of(environ)?;
        let mut text = session.get("count")?.unwrap_or("0".into());
        for name in all_names() {
            match session.get(&name)?.as_deref() {
                None => {}
                Some("set") => text += &format!(" {name}"),
                Some(other) => Err(format!("{name} is {other}"))?,
            }
        }
        Ok(start_response("200 OK", &[])?.body(text))
    });
    let answer = visitor.get(&session(inner, store.clone()), "/");
    assert_eq!(answer.status, "200 OK", "{answer:?}");
    let text = answer.text();
    let mut words = text.split(' ');
    let count = words.next().unwrap().parse().unwrap();
    (count, words.map(String::from).collect())
}

#[test]
fn twenty_five_clients_change_a_session_a_thousand_times() {
    for (kind, store) in stores() {
        let site = session_cgi::application(store.clone());
        let mut visitor = Visitor::default();
        visitor.get(&site, "/change/begun");
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (mut visitor, site) = (visitor.clone(), &site);
                scope.spawn(move || {
                    for n in 0..CHANGES {
                        let name = name(client, n);
                        let path = format!("/change/{name}");
                        let answer = visitor.get(site, &path);
                        assert_eq!(answer.log, "", "{kind}");
                        assert_eq!(answer.text(), "done\n", "{kind}");
                    }
                });
            }
        });
        let (count, names) = found(&store, &mut visitor);
        assert!(names.into_iter().eq(BTreeSet::from_iter(all_names())));
        assert_eq!(count, CLIENTS * CHANGES + 1, "{kind}");
    }
}

/// Where a request stops that is slow, and goes on when it is told to.
struct Gate {
    is_reached: Sender<()>,
    opens: Mutex<Receiver<()>>,
}

/// The other end of a [`Gate`].
struct Key {
    reached: Receiver<()>,
    open: Sender<()>,
}

fn gate() -> (Gate, Key) {
    let (is_reached, reached) = channel();
    let (open, opens) = channel();
    (Gate { is_reached, opens: opens.into() }, Key { reached, open })
}

impl Gate {
    fn wait(&self) -> Result<()> {
        self.is_reached.send(())?;
        Ok(self.opens.lock().unwrap().recv_timeout(PATIENCE)?)
    }
}

/// When a slow request makes its change.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// When the other request has been answered.
    Afterwards,
    /// At the same moment, as far as the machine lets them.
    AtOnce,
    /// So, too; but its own head went out long ago.
    InTheBody,
}

const WHENS: [When; 3] =
    [When::Afterwards, When::AtOnce, When::InTheBody];

/// Reads the session, waits, and sets `late`.
fn slow(
    store: &Arc<dyn Store>,
    gate: Gate,
    when: When,
) -> impl Application {
    let gate = Arc::new(gate);
    let inner = app(move |environ, start_response| {
        let session = Session::of(environ)?;
        assert_eq!(session.get("user")?.as_deref(), Some("Ada"));
        if when != When::InTheBody {
            gate.wait()?;
            session.set("late", "is it")?;
            return Ok(start_response("200 OK", &[])?.body("done"));
        }
        let gate = gate.clone();
        let body = Body::blocks(iter::once(()).map(move |()| {
            gate.wait()?;
            session.set("late", "is it")?;
            Ok(b"done".as_slice().into())
        }));
        Ok(start_response("200 OK", &[])?.body(body))
    });
    session(inner, store.clone())
}

/// `/login` renews; the other paths do what they say.
fn site(store: &Arc<dyn Store>) -> impl Application + use<> {
    let inner = app(|environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        let session = Session::of(environ)?;
        let mut text = "done".to_string();
        match &path.split('/').collect::<Vec<_>>()[..] {
            ["", "begin"] => session.set("user", "Ada")?,
            ["", "end"] => session.end()?,
            ["", "login", name] => {
                session.renew()?;
                session.set("login", name)?;
            }
            ["", "get", name] => {
                text = session.get(name)?.unwrap_or("-".into());
            }
            _ => return Err("no such path".into()),
        }
        Ok(start_response("200 OK", &[])?.body(text))
    });
    session(inner, store.clone())
}

/// A request that stops in its midst, and what another does meanwhile.
fn beside(
    store: &Arc<dyn Store>,
    visitor: &Visitor,
    when: When,
    meanwhile: impl FnOnce(),
) -> Answer {
    let (gate, key) = gate();
    let slow = slow(store, gate, when);
    let mut visitor = visitor.clone();
    thread::scope(|scope| {
        let request = scope.spawn(move || {
            let mut environ: Environ = environ("GET", "/");
            environ.set("HTTP_COOKIE", visitor.cookie.take().unwrap());
            ask(&slow, environ)
        });
        key.reached.recv_timeout(PATIENCE).unwrap();
        if when == When::Afterwards {
            meanwhile();
            key.open.send(()).unwrap();
        } else {
            key.open.send(()).unwrap();
            meanwhile();
        }
        request.join().unwrap()
    })
}

const GONE: &str = "the session has ended meanwhile: nothing is kept";

#[test]
fn who_is_out_stays_out() {
    for (kind, store) in stores() {
        let site = site(&store);
        let mut told = 0;
        for round in 0..rounds() {
            let when = WHENS[round % WHENS.len()];
            let case = format!("{kind}, round {round}, {when:?}");
            let mut ada = Visitor::default();
            ada.get(&site, "/begin");
            let mut out = ada.clone();
            let answer = beside(&store, &ada, when, || {
                let answer = out.get(&site, "/end");
                assert_eq!(answer.text(), "done", "{case}: {answer:?}");
            });
            assert_eq!(out.cookie, None, "{case}");
            // It did its part, and has nothing new for the browser.
            assert_eq!(answer.text(), "done", "{case}: {answer:?}");
            assert_eq!(
                answer.headers.get("Set-Cookie"),
                None,
                "{case}"
            );
            told += usize::from(answer.log.contains(GONE));
            assert!(told > 0 || when != When::Afterwards, "{case}");
            for name in ["user", "late"] {
                let found = ada.get(&site, &format!("/get/{name}"));
                assert_eq!(found.text(), "-", "{case}");
            }
        }
        println!("{kind}: {told} changes came too late");
    }
}

#[test]
fn who_is_renewed_keeps_what_came_before_and_nothing_else() {
    for (kind, store) in stores() {
        let site = site(&store);
        for round in 0..rounds() / 5 {
            let when = WHENS[round % WHENS.len()];
            let case = format!("{kind}, round {round}, {when:?}");
            let mut old = Visitor::default();
            old.get(&site, "/begin");
            let mut ada = old.clone();
            let answer = beside(&store, &old, when, || {
                let answer = ada.get(&site, "/login/one");
                assert_eq!(answer.text(), "done", "{case}: {answer:?}");
            });
            assert_eq!(answer.text(), "done", "{case}: {answer:?}");
            assert_eq!(
                answer.headers.get("Set-Cookie"),
                None,
                "{case}"
            );
            assert_ne!(ada.cookie, old.cookie, "{case}");
            assert_eq!(ada.get(&site, "/get/user").text(), "Ada");
            assert_eq!(ada.get(&site, "/get/login").text(), "one");
            // Either it came before, or somebody is told.
            let late = ada.get(&site, "/get/late").text() == "is it";
            let told = answer.log.contains(GONE);
            assert!(late != told, "{case}: {late}, {answer:?}");
            assert!(told || when != When::Afterwards, "{case}");
            // Whoever knew the old one knows nothing now.
            for name in ["user", "late", "login"] {
                let found = old.get(&site, &format!("/get/{name}"));
                assert_eq!(found.text(), "-", "{case}");
            }
        }
    }
}

#[test]
fn of_two_that_renew_at_once_one_has_what_was_there() {
    for (kind, store) in stores() {
        let site = site(&store);
        for round in 0..rounds() / 5 {
            let case = format!("{kind}, round {round}");
            let mut old = Visitor::default();
            old.get(&site, "/begin");
            let start = Barrier::new(2);
            let login = |name: &str| {
                let mut visitor = old.clone();
                start.wait();
                let path = format!("/login/{name}");
                let answer = visitor.get(&site, &path);
                assert_eq!(answer.text(), "done", "{case}: {answer:?}");
                assert_eq!(
                    visitor.get(&site, "/get/login").text(),
                    name
                );
                visitor
            };
            let [mut one, mut two] = thread::scope(|scope| {
                let both =
                    ["one", "two"].map(|n| scope.spawn(|| login(n)));
                both.map(|thread| thread.join().unwrap())
            });
            assert_ne!(one.cookie, two.cookie, "{case}");
            let mut users = [&mut one, &mut two].map(|visitor| {
                visitor.get(&site, "/get/user").text().into_owned()
            });
            users.sort();
            assert_eq!(users, ["-", "Ada"], "{case}");
            assert_eq!(
                old.get(&site, "/get/user").text(),
                "-",
                "{case}"
            );
        }
    }
}
