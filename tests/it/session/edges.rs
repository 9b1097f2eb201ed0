//! What an application may do with a session in one request, in any
//! order and at any time.

use super::acts::{Failing, Noting, TEXT, cookies, key, site};
use super::{Visitor, stores};
use gateway::middleware::session::{Session, Store, session};
use gateway::testing::{ask, environ, get};
use gateway::{Block, Body, Environ, Failure, app};
use std::io::Write;
use std::sync::{Arc, Barrier};
use std::thread;

#[test]
fn what_is_set_behind_the_end_begins_another_session() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let mut thief = ada.clone();
        let answer = ada.does(&store, |session| {
            session.set("page", 1)?;
            session.renew()?;
            session.end()?;
            assert_eq!(session.get("name")?, None);
            assert_eq!(session.get("page")?, None);
            session.set("color", "red")
        });
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        assert_ne!(ada.cookie, thief.cookie, "{name}");
        assert_eq!(ada.sees(&store, "color"), "red", "{name}");
        assert_eq!(ada.sees(&store, "page"), "-", "{name}");
        for of in ["name", "page", "color"] {
            assert_eq!(thief.sees(&store, of), "-", "{name}, {of}");
        }
        // None is begun to be ended, or to hold nothing.
        let answer = Visitor::default().does(&store, |session| {
            session.set("page", 1)?;
            session.end()
        });
        assert_eq!(cookies(&answer), [""; 0], "{name}");
        let answer = Visitor::default().does(&store, |session| {
            session.set("page", 1)?;
            session.remove("page")?;
            session.renew()
        });
        assert_eq!(cookies(&answer), [""; 0], "{name}");
    }
}

#[test]
fn renewed_twice_is_renewed_once() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        let mut ada = Visitor::ada(&store);
        let old = key(ada.id());
        noting.asked();
        let answer = ada.does(&store, |session| {
            session.renew()?;
            session.set("user", "ada")?;
            session.renew()
        });
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        let asked = noting.asked();
        let once = [format!("load {old}"), format!("update {old}")];
        assert_eq!(asked, once, "{name}");
        assert_eq!(store.load(&old).unwrap(), None, "{name}");
        assert_eq!(ada.sees(&store, "user"), "ada", "{name}");
        assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
    }
}

/// An application that does `act` and fails has changed nothing, but
/// for an end.
#[test]
fn an_application_that_fails_changes_nothing() {
    type Act = fn(&Session) -> gateway::Result<()>;
    let acts: [(Act, &str); 4] = [
        (|session| session.set("name", "x"), "Ada"),
        (|session| session.remove("name"), "Ada"),
        (|session| session.renew(), "Ada"),
        (|session| session.end(), "-"),
    ];
    for (name, store) in stores() {
        for (number, (act, left)) in acts.iter().enumerate() {
            for way in ["error", "failure", "panic", "block"] {
                let mut ada = Visitor::ada(&store);
                let inner = app(|environ, start_response| {
                    act(&Session::of(environ)?)?;
                    let started = start_response("200 OK", &TEXT)?;
                    match way {
                        "error" => Err("as it was asked for".into()),
                        "failure" => Err(Failure::new(
                            "403 Forbidden",
                            "no entry",
                        )
                        .into()),
                        "panic" => panic!("as it was asked for"),
                        _ => Ok(started.body(Body::blocks([Err(
                            "no block".into(),
                        )]))),
                    }
                });
                let inner = session(inner, Arc::clone(&store));
                let answer = ada.get(&inner, "/");
                let case = format!("{name}, {number}, {way}");
                assert!(!answer.status.starts_with('2'), "{case}");
                // The page is the server's.
                for of in ["Set-Cookie", "Vary", "Cache-Control"] {
                    assert_eq!(answer.headers.get(of), None, "{case}");
                }
                assert_eq!(&ada.sees(&store, "name"), left, "{case}");
            }
        }
    }
}

#[test]
fn a_body_changes_and_ends_what_is_there_and_begins_nothing() {
    type Act = fn(&Session) -> gateway::Result<()>;
    let late = "GET /: a session cannot begin or be renewed here: its \
                cookie is in the head, and the head is out\n";
    let acts: [(Act, &str, &str); 6] = [
        (|s| s.set("name", "x"), "x", ""),
        (|s| s.remove("name"), "-", ""),
        (|s| s.update("name", |n| Some(n?.repeat(2))), "AdaAda", ""),
        (|s| s.end(), "-", ""),
        (|s| s.renew(), "Ada", late),
        (
            |s| {
                s.end()?;
                s.set("name", "x")
            },
            "-",
            late,
        ),
    ];
    for (name, store) in stores() {
        for (number, (act, left, log)) in acts.iter().enumerate() {
            let mut ada = Visitor::ada(&store);
            let mut thief = ada.clone();
            let act = *act;
            let inner = app(move |environ, start_response| {
                let session = Session::of(environ)?;
                let mut started = start_response("200 OK", &TEXT)?;
                write!(started, "one")?;
                let blocks = [1, 2].into_iter().map(move |block| {
                    match block {
                        1 => act(&session)?,
                        _ => session.remove("none")?,
                    }
                    Ok(Block::from(&b"two"[..]))
                });
                Ok(started.body(Body::blocks(blocks)))
            });
            let inner = session(inner, Arc::clone(&store));
            let answer = ada.get(&inner, "/");
            assert_eq!(&answer.log, log, "{name}, {number}");
            assert_eq!(cookies(&answer), [""; 0], "{name}, {number}");
            let seen = thief.sees(&store, "name");
            assert_eq!(&seen, left, "{name}, {number}");
        }
    }
}

/// A secret for forms that was given out is good until the renewal is
/// made: one that is refused leaves it as it is.
#[test]
fn a_renewal_that_comes_too_late_changes_nothing() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        ada.sets(&store, "csrf", "0123");
        let inner = app(|environ, start_response| {
            let session = Session::of(environ)?;
            let mut started = start_response("200 OK", &TEXT)?;
            write!(started, "one")?;
            assert!(session.renew().is_err());
            Ok(started.body("two"))
        });
        ada.get(&session(inner, Arc::clone(&store)), "/");
        assert_eq!(ada.sees(&store, "csrf"), "0123", "{name}");
        ada.does(&store, Session::renew);
        assert_eq!(ada.sees(&store, "csrf"), "-", "{name}");
    }
}

#[test]
fn to_head_as_to_get() {
    for (name, store) in stores() {
        let site = site(&store, |session| {
            session.set("name", "Ada")?;
            Ok("Hello".into())
        });
        let mut ada = Visitor::default();
        let answer = ada.ask(&site, environ("HEAD", "/"));
        assert_eq!(answer.text(), "", "{name}");
        assert_eq!(answer.headers.get("Vary"), Some("Cookie"));
        assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
    }
}

/// Every one of these threads adds to one count, and sets a name of its
/// own; with a session that is there, and one that begins with it.
#[test]
fn threads_of_one_request_lose_nothing() {
    for (name, store) in stores() {
        for mut ada in [Visitor::ada(&store), Visitor::default()] {
            ada.does(&store, |session| {
                let barrier = Barrier::new(8);
                thread::scope(|scope| {
                    for number in 0..8 {
                        let (session, barrier) = (&session, &barrier);
                        scope.spawn(move || {
                            barrier.wait();
                            let own = format!("own{number}");
                            session.set(&own, number).unwrap();
                            let add = |count: Option<&str>| {
                                let count = count.unwrap_or("0");
                                let count: u32 = count.parse().ok()?;
                                Some((count + 1).to_string())
                            };
                            session.update("count", add).unwrap();
                        });
                    }
                });
                Ok(())
            });
            assert_eq!(ada.sees(&store, "count"), "8", "{name}");
            for number in 0..8 {
                let own = ada.sees(&store, &format!("own{number}"));
                assert_eq!(own, number.to_string(), "{name}");
            }
        }
    }
}

/// Whatever a thread of the application does while the head goes out:
/// what was accepted is kept.
#[test]
fn a_thread_that_goes_on_while_the_head_goes_out_loses_nothing() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        for round in 0..20 {
            let inner = app(|environ, start_response| {
                let session = Session::of(environ)?;
                session.set("first", round)?;
                let thread = thread::spawn(move || {
                    for number in 0..10 {
                        session.set("last", number).unwrap();
                        thread::yield_now();
                    }
                });
                let body = Body::blocks([Ok("x".as_bytes().into())]);
                let last = Joined(Some(thread));
                let body = body.chain([Ok(Block::default())]).map(
                    move |block| {
                        let _kept = &last;
                        block
                    },
                );
                let started = start_response("200 OK", &TEXT)?;
                Ok(started.body(Body::blocks(body)))
            });
            let inner = session(inner, Arc::clone(&store));
            assert_eq!(ada.get(&inner, "/").log, "", "{name}");
            assert_eq!(ada.sees(&store, "last"), "9", "{name}");
            ada.sets(&store, "last", "-");
        }
    }
}

/// Is waited for with the body.
struct Joined(Option<thread::JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        self.0.take().unwrap().join().unwrap();
    }
}

#[test]
fn a_change_that_panics_changes_nothing_and_harms_nobody() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        // At once, and not before it is stored.
        for calls in [0, 1] {
            let inner = app(|environ, start_response| {
                let session = Session::of(environ)?;
                session.set("page", 1)?;
                let left = std::sync::Mutex::new(calls);
                session.update("name", move |_| {
                    let mut left = left.lock().unwrap();
                    *left = u32::checked_sub(*left, 1).expect("enough");
                    Some("x".into())
                })?;
                Ok(start_response("200 OK", &TEXT)?.body("x"))
            });
            let inner = session(inner, Arc::clone(&store));
            let answer = ada.get(&inner, "/");
            let log = "GET /: the application panicked: enough\n";
            assert_eq!(answer.log, log, "{name}");
            assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
            assert_eq!(ada.sees(&store, "page"), "-", "{name}");
            ada.sets(&store, "other", "x");
        }
    }
}

#[test]
fn a_store_that_fails_is_an_error_and_nothing_is_half_done() {
    for (name, store) in stores() {
        let failing = Failing::new(store);
        let store: Arc<dyn Store> = failing.clone();
        type Act = fn(&Session, &Failing) -> gateway::Result<()>;
        let acts: [Act; 6] = [
            |session, _| session.get("name").map(drop),
            |session, _| session.flashes().map(drop),
            |session, _| session.end(),
            |session, failing| {
                failing.set(false);
                session.get("name")?;
                failing.set(true);
                session.end()
            },
            |session, failing| {
                failing.set(false);
                session.renew()?;
                failing.set(true);
                Ok(())
            },
            |session, failing| {
                failing.set(false);
                session.set("name", "x")?;
                failing.set(true);
                Ok(())
            },
        ];
        for (number, act) in acts.iter().enumerate() {
            let mut ada = Visitor::ada(&store);
            let site = site(&store, |session| {
                act(session, &failing)?;
                Ok(String::new())
            });
            failing.set(true);
            let answer = ada.get(&site, "/");
            failing.set(false);
            let log = "GET /: the store is away\n";
            assert_eq!(answer.log, log, "{name}, {number}");
            assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
        }
    }
}

#[test]
fn without_the_middleware_there_is_none() {
    let inner = app(|environ: &mut Environ, _| {
        Err(Session::of(environ).unwrap_err())
    });
    let text = "GET /: no session: put `middleware::session` around the \
                application\n";
    assert_eq!(get(&inner, "/").log, text);
    assert_eq!(
        ask(&inner, environ("POST", "/"))
            .log
            .matches("no session")
            .count(),
        1
    );
}
