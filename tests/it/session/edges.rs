//! What an application may do with a session in one request, in any
//! order and at any time.

use super::acts::{Noting, TEXT, cookies, key, site};
use super::{Visitor, stores};
use gateway::middleware::session::{Session, Store, session};
use gateway::testing::{environ, get};
use gateway::{Block, Body, Environ, Failure, app};
use std::io::Write;
use std::sync::Arc;

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

#[test]
fn without_the_middleware_there_is_none() {
    let inner = app(|environ: &mut Environ, _| {
        Err(Session::of(environ).unwrap_err())
    });
    let text = "GET /: no session: put `middleware::session` around \
                the application\n";
    assert_eq!(get(&inner, "/").log, text);
}

/// Half of it would be a surprise: what was too big is not there, and
/// the rest of the request's changes is.
#[test]
fn what_is_too_big_is_refused_at_once() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        ada.does(&store, |session| {
            session.set("page", 1)?;
            let big = "x".repeat(16 * 1024);
            let error = session.set("name", big).unwrap_err();
            let text = "a session of 16393 bytes; 16384 may be kept";
            assert_eq!(error.to_string(), text);
            assert_eq!(session.get("name")?.as_deref(), Some("Ada"));
            Ok(())
        });
        assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
        assert_eq!(ada.sees(&store, "page"), "1", "{name}");
    }
}

#[test]
fn messages_come_in_the_order_in_which_they_were_left() {
    for (name, store) in stores() {
        let mut ada = Visitor::default();
        let messages: Vec<_> = (0..20).map(|n| n.to_string()).collect();
        for half in messages.chunks(10) {
            ada.does(&store, |session| {
                half.iter().try_for_each(|text| session.flash(text))
            });
        }
        ada.does(&store, |session| {
            assert_eq!(session.flashes()?, messages, "{name}");
            assert!(session.flashes()?.is_empty(), "{name}");
            Ok(())
        });
    }
}

/// The id is another by then, and the store is told at once.
#[test]
fn a_body_changes_a_session_that_has_begun_or_was_renewed() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        for mut ada in [Visitor::default(), Visitor::ada(&store)] {
            let inner = app(|environ, start_response| {
                let session = Session::of(environ)?;
                session.set("name", "x")?;
                session.renew()?;
                let mut started = start_response("200 OK", &TEXT)?;
                write!(started, "one")?;
                noting.asked();
                session.set("late", "y")?;
                let asked = noting.asked().join(", ");
                Ok(started.body(asked))
            });
            let inner = session(inner, Arc::clone(&store));
            let answer = ada.get(&inner, "/");
            let text = format!("oneupdate {}", key(ada.id()));
            assert_eq!(answer.text(), text, "{name}");
            assert_eq!(answer.log, "", "{name}");
            assert_eq!(ada.sees(&store, "name"), "x", "{name}");
            assert_eq!(ada.sees(&store, "late"), "y", "{name}");
        }
    }
}
