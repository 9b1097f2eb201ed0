//! What happens while a request is under way: threads, other requests,
//! panics, and a store that fails.

use super::acts::{
    Again, Failing, TEXT, cookies, key, meanwhile, now, site,
};
use super::{Visitor, stores};
use gateway::middleware::session::{
    Change, Record, Session, Store, session,
};
use gateway::{Block, Body, Result, app};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

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
                let last = Joined(Some(thread));
                let body =
                    ["one", "two"].into_iter().map(move |block| {
                        let _kept = &last;
                        Ok(Block::from(block.as_bytes()))
                    });
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

/// Does something once, when it has been changed.
struct Then {
    store: Arc<dyn Store>,
    act: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Store for Then {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        self.store.load(key)
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        self.store.update(key, change)?;
        let act = self.act.lock().unwrap().take();
        act.into_iter().for_each(|act| act());
        Ok(())
    }
}

/// Between what the store has been given, and the head.
#[test]
fn a_change_while_others_are_stored_is_stored_too() {
    for (name, store) in stores() {
        let then = Arc::new(Then { store, act: Mutex::default() });
        let store: Arc<dyn Store> = then.clone();
        let mut ada = Visitor::ada(&store);
        ada.does(&store, |session| {
            let late = session.clone();
            let act = move || late.set("late", "x").unwrap();
            *then.act.lock().unwrap() = Some(Box::new(act));
            session.set("page", 1)
        });
        assert_eq!(ada.sees(&store, "page"), "1", "{name}");
        assert_eq!(ada.sees(&store, "late"), "x", "{name}");
    }
}

#[test]
fn a_store_may_ask_for_a_change_again() {
    for (name, store) in stores() {
        let again = |is_ended| {
            let store = Arc::clone(&store);
            let again: Arc<dyn Store> =
                Arc::new(Again { store, is_ended });
            again
        };
        let faster = again(false);
        let mut ada = Visitor::ada(&faster);
        ada.does(&faster, |session| {
            session.renew()?;
            session.update("name", |name| Some(name?.repeat(2)))
        });
        assert_eq!(ada.sees(&store, "name"), "AdaAda", "{name}");
        ada.does(&faster, Session::end);
        assert_eq!(ada.cookie, None, "{name}");
        let mut ada = Visitor::ada(&store);
        let faster = again(true);
        let sets = site(&faster, |session| {
            session.set("page", 1)?;
            Ok(String::new())
        });
        assert_eq!(ada.get(&sets, "/").log, ENDED, "{name}");
        assert_eq!(ada.sees(&store, "page"), "-", "{name}");
    }
}

const ENDED: &str =
    "the session has ended meanwhile: nothing is kept\n";

#[test]
fn the_log_is_told_of_changes_that_are_dropped_and_of_no_others() {
    type Act = fn(&Session) -> Result<()>;
    let acts: [(Act, &str); 5] = [
        (|session| session.set("page", 1), ENDED),
        (|session| session.remove("name"), ENDED),
        (|session| session.renew(), ENDED),
        (|session| session.get("name").map(drop), ""),
        (|session| session.end(), ""),
    ];
    for (name, store) in stores() {
        for (number, (act, log)) in acts.iter().enumerate() {
            let mut ada = Visitor::ada(&store);
            let mut thief = ada.clone();
            // Old enough to be stored again for being read.
            over_in(&store, &ada, 100);
            let answer = meanwhile(&mut ada, &store, act, Session::end);
            let case = format!("{name}, {number}");
            assert_eq!(&answer.log, log, "{case}");
            // To be ended is all that the browser may hear of it.
            let set = cookies(&answer).join("");
            let is_end = set.ends_with("; Max-Age=0");
            assert!(set.is_empty() || is_end, "{case}: {set}");
            assert_eq!(thief.sees(&store, "name"), "-", "{case}");
        }
    }
}

/// Lets it be over in so many seconds.
fn over_in(store: &Arc<dyn Store>, visitor: &Visitor, seconds: u64) {
    let put = &mut |record: Option<Record>| {
        let record = record.expect("a record");
        Ok(Some(Record { expires: now() + seconds, ..record }))
    };
    store.update(&key(visitor.id()), put).unwrap();
}

#[test]
fn a_slow_request_does_not_bring_back_what_is_over() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let mut later = ada.clone();
        let slow = site(&store, |session| {
            session.get("name")?;
            over_in(&store, &later, 0);
            session.set("page", 1)?;
            Ok(String::new())
        });
        assert_eq!(ada.get(&slow, "/").log, ENDED, "{name}");
        drop(slow);
        assert_eq!(later.sees(&store, "name"), "-", "{name}");
        assert_eq!(later.sees(&store, "page"), "-", "{name}");
    }
}

/// It is another session by then, and this request does not know.
#[test]
fn a_change_under_an_id_that_was_renewed_meanwhile_is_dropped() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let slow = |session: &Session| session.set("page", 1);
        let mut quick = ada.clone();
        let site = site(&store, |session| {
            session.get("name")?;
            quick.clone().does(&store, Session::renew);
            slow(session)?;
            Ok(String::new())
        });
        assert_eq!(ada.get(&site, "/").log, ENDED, "{name}");
        drop(site);
        assert_eq!(quick.sees(&store, "page"), "-", "{name}");
    }
}

#[test]
fn who_has_no_session_yet_may_begin_two_at_once() {
    for (name, store) in stores() {
        let mut ada = Visitor::default();
        let first = |session: &Session| session.set("first", 1);
        let second = |session: &Session| session.set("second", 2);
        let answer = meanwhile(&mut ada, &store, first, second);
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        assert_eq!(ada.sees(&store, "first"), "1", "{name}");
        assert_eq!(ada.sees(&store, "second"), "-", "{name}");
    }
}

#[test]
fn it_is_read_once_and_then_known() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let tab = ada.clone();
        let site = site(&store, |session| {
            let before = session.get("name")?;
            tab.clone().sets(&store, "name", "Lovelace");
            assert_eq!(session.get("name")?, before);
            Ok(before.unwrap_or_default())
        });
        assert_eq!(ada.get(&site, "/").text(), "Ada", "{name}");
        assert_eq!(ada.sees(&store, "name"), "Lovelace", "{name}");
    }
}

/// What is taken is what was seen.
#[test]
fn a_message_that_comes_while_others_are_taken_is_not_taken() {
    for (name, store) in stores() {
        let mut ada = Visitor::default();
        ada.does(&store, |session| session.flash("first"));
        let mut tab = ada.clone();
        let site = site(&store, |session| {
            let taken = session.flashes()?;
            tab.clone().does(&store, |s| s.flash("second"));
            Ok(taken.join(","))
        });
        assert_eq!(ada.get(&site, "/").text(), "first", "{name}");
        drop(site);
        tab.does(&store, |session| {
            assert_eq!(session.flashes()?, ["second"], "{name}");
            Ok(())
        });
    }
}
