//! What session libraries were reported for, each by its name: the
//! table of the chapter. What befalls signed cookies alone (keys
//! rotated in the wrong order, a weak secret, 4 KB) is tested with the
//! chapter's program that signs.

mod cookie;

use super::acts::{TEXT, cookies, key, meanwhile, now, site};
use super::{Visitor, stores};
use gateway::middleware::session::{Record, Session, Store, session};
use gateway::testing::get;
use gateway::{Application, Block, Body, app};
use std::sync::Arc;
use std::time::Duration;

/// A body of two blocks; with the second comes a change.
fn late(
    store: &Arc<dyn Store>,
    change: impl Fn(&Session) -> gateway::Result<()> + Copy + 'static,
) -> impl Application {
    let inner = app(move |environ, start_response| {
        let session = Session::of(environ)?;
        let blocks = ["one", "two"].into_iter().map(move |block| {
            if block == "two" {
                change(&session)?;
            }
            Ok(Block::from(block.as_bytes()))
        });
        Ok(start_response("200 OK", &TEXT)?.body(Body::blocks(blocks)))
    });
    session(inner, Arc::clone(store))
}

/// pallets/flask 1348, bottlepy/bottle 16, lemon24/reader 81.
#[test]
fn the_cookie_is_in_the_head_and_the_data_change_during_the_body() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        ada.does(&store, |session| session.flash("Welcome"));
        let answer = ada.get(
            &late(&store, |session| {
                assert_eq!(session.flashes()?, ["Welcome"]);
                session.set("name", "Lovelace")
            }),
            "/",
        );
        assert_eq!(answer.text(), "onetwo", "{name}");
        assert_eq!(answer.log, "", "{name}");
        assert_eq!(ada.sees(&store, "name"), "Lovelace", "{name}");
        ada.does(&store, |session| {
            assert!(session.flashes()?.is_empty());
            Ok(())
        });
        // A session that would begin then is an error, not a loss.
        let late = late(&store, |session| session.set("name", "x"));
        let answer = get(&late, "/");
        assert!(answer.is_cut, "{name}");
        assert_eq!(
            answer.log,
            "GET /: a session cannot begin or be renewed here: its \
             cookie is in the head, and the head is out\n",
            "{name}"
        );
    }
}

/// boj/redistore 2, AzzMTZ/session-handler 48; redis-store/redis-rack
/// 51 merged, and brought back what had been removed.
#[test]
fn lost_updates() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        ada.sets(&store, "count", "1");
        ada.sets(&store, "old", "x");
        let add = |session: &Session| {
            session.update("count", |count| {
                let count: u32 = count?.parse().ok()?;
                Some((count + 1).to_string())
            })
        };
        let answer = meanwhile(
            &mut ada,
            &store,
            |session| {
                add(session)?;
                session.set("both", "slow")?;
                session.set("slow", "s")
            },
            |session| {
                add(session)?;
                session.remove("old")?;
                session.set("both", "quick")?;
                session.set("quick", "q")
            },
        );
        assert_eq!(answer.log, "", "{name}");
        for (of, value) in [
            ("count", "3"),
            ("both", "slow"), // it is stored later
            ("slow", "s"),
            ("quick", "q"),
            ("name", "Ada"),
            ("old", "-"),
        ] {
            assert_eq!(ada.sees(&store, of), value, "{name}, {of}");
        }
    }
}

/// valery-barysok/session-file-store 55, fastify-session 237.
#[test]
fn a_logout_undone_by_a_slow_request() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let mut thief = ada.clone();
        let slow = |session: &Session| session.set("page", 2);
        let answer = meanwhile(&mut ada, &store, slow, Session::end);
        assert_eq!(
            answer.log,
            "the session has ended meanwhile: nothing is kept\n",
            "{name}"
        );
        assert_eq!(cookies(&answer), [""; 0], "{name}");
        assert_eq!(thief.sees(&store, "name"), "-", "{name}");
        assert_eq!(thief.sees(&store, "page"), "-", "{name}");
        // One that begins a new session brings nothing of the old.
        let mut ada = Visitor::ada(&store);
        let mut thief = ada.clone();
        let slow = |session: &Session| {
            session.renew()?;
            session.set("user", "ada")
        };
        meanwhile(&mut ada, &store, slow, Session::end);
        assert_eq!(ada.sees(&store, "user"), "ada", "{name}");
        assert_eq!(ada.sees(&store, "name"), "-", "{name}");
        assert_eq!(thief.sees(&store, "user"), "-", "{name}");
    }
}

/// pallets-eco/flask-session 162, webpy/webpy 218, biola/rack-cas 52.
#[test]
fn session_fixation() {
    for (name, store) in stores() {
        // An id of the attacker's own choice.
        let chosen = "0123456789abcdef0123456789abcdef";
        let chosen = format!("gateway_session={chosen}");
        let mut victim = Visitor::with(&chosen);
        victim.sets(&store, "name", "Ada");
        assert_ne!(victim.cookie.as_ref(), Some(&chosen), "{name}");
        let mut attacker = Visitor::with(chosen);
        assert_eq!(attacker.sees(&store, "name"), "-", "{name}");
        // An id that the site gave to the attacker, before the login.
        let mut attacker = Visitor::default();
        attacker.sets(&store, "theme", "dark");
        let mut victim = attacker.clone();
        victim.does(&store, |session| {
            session.renew()?;
            session.set("user", "ada")
        });
        assert_eq!(victim.sees(&store, "user"), "ada", "{name}");
        assert_eq!(attacker.sees(&store, "user"), "-", "{name}");
        assert_eq!(attacker.sees(&store, "theme"), "-", "{name}");
    }
}

/// CVE-2025-46336: a long request beside the logout wrote it back.
#[test]
fn a_logout_that_does_not_last() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let mut thief = ada.clone();
        let (tab, of_tab) = (ada.clone(), Arc::clone(&store));
        let long = app(move |environ, start_response| {
            let session = Session::of(environ)?;
            session.set("page", 1)?;
            let (tab, store) = (tab.clone(), Arc::clone(&of_tab));
            let blocks = ["one", "two"].into_iter().map(move |block| {
                if block == "two" {
                    tab.clone().does(&store, Session::end);
                }
                session.set("block", block)?;
                Ok(Block::from(block.as_bytes()))
            });
            let started = start_response("200 OK", &TEXT)?;
            Ok(started.body(Body::blocks(blocks)))
        });
        let long = session(long, Arc::clone(&store));
        let answer = ada.get(&long, "/");
        assert_eq!(answer.text(), "onetwo", "{name}");
        let text = "the session has ended meanwhile: nothing is kept\n";
        assert_eq!(answer.log, text, "{name}");
        for of in ["name", "page", "block"] {
            assert_eq!(thief.sees(&store, of), "-", "{name}, {of}");
        }
    }
}

/// CVE-2013-7489 (bbangert/beaker), bottlepy/bottle 1502: data that run
/// when they are read. Here they are text, and not much of it.
#[test]
fn pickle_in_cookies_and_stores() {
    let pickle = "cos\nsystem\n(S'rm -rf /'\ntR.\0\u{80}\u{4}\u{95}";
    for (name, store) in stores() {
        let mut ada = Visitor::default();
        ada.sets(&store, pickle, pickle);
        assert_eq!(ada.sees(&store, pickle), pickle, "{name}");
        let full = site(&store, |session| {
            session.set("big", "x".repeat(16 * 1024))?;
            Ok(String::new())
        });
        let answer = ada.get(&full, "/");
        let size = 2 * pickle.len() + "big".len() + 16 * 1024;
        assert_eq!(
            answer.log,
            format!(
                "GET /: a session of {size} bytes; 16384 may be kept\n"
            ),
            "{name}"
        );
        assert_eq!(ada.sees(&store, pickle), pickle, "{name}");
    }
}

/// maxcountryman/tower-sessions 174: the store was not told.
#[test]
fn expiry_in_the_cookie_alone() {
    for (name, store) in stores() {
        let hour = Duration::from_secs(3600);
        let site = site(&store, |session| {
            session.set("name", "Ada")?;
            Ok(String::new())
        });
        let mut ada = Visitor::default();
        let before = now();
        let answer = ada.get(&site.idle(hour), "/");
        assert!(!cookies(&answer)[0].contains("Max-Age"), "{name}");
        let record = store.load(&key(ada.id())).unwrap().unwrap();
        let expected = before + 3600..=now() + 3600;
        assert!(expected.contains(&record.expires), "{name}");
        // The browser still has it, and it is over.
        let over = Record { expires: now(), ..record };
        store
            .update(&key(ada.id()), &mut |_| Ok(Some(over.clone())))
            .unwrap();
        assert_eq!(ada.sees(&store, "name"), "-", "{name}");
    }
}
