//! How long a session lives, what the browser is told of it, and what
//! the log is. No test waits: records are put into the store that are
//! as old as it takes.

use super::acts::{Noting, cookies, key, now, site};
use super::{Visitor, stores};
use gateway::Application;
use gateway::middleware::session::{
    MemoryStore, Record, Session, Sessions, Store, session,
};
use gateway::testing::{ask, environ, get};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A test may be slow, by so many seconds.
const SLOW: u64 = 60;

fn record(store: &Arc<dyn Store>, visitor: &Visitor) -> Record {
    store.load(&key(visitor.id())).unwrap().expect("a record")
}

/// Puts one there that has so many seconds left.
fn age(
    store: &Arc<dyn Store>,
    visitor: &Visitor,
    expires: u64,
    ends: u64,
) {
    let of = key(visitor.id());
    let put = &mut |record: Option<Record>| {
        let values = record.expect("a record").values;
        let (expires, ends) = (now() + expires, now() + ends);
        Ok(Some(Record { key: of.clone(), expires, ends, values }))
    };
    store.update(&of, put).unwrap();
}

/// How many seconds are left of a record, until it is not used any
/// more and in all.
#[track_caller]
fn has_left(record: &Record, expires: u64, ends: u64) {
    for (left, expected) in
        [(record.expires, expires), (record.ends, ends)]
    {
        let left = left - now();
        let is_so = left <= expected && left + SLOW >= expected;
        assert!(is_so, "{left} and not {expected} seconds left");
    }
}

/// Shows the name, of sessions that live for an hour, and ten at most.
fn hourly(store: &Arc<dyn Store>) -> Sessions<impl Application> {
    site(store, |session| {
        Ok(session.get("name")?.unwrap_or("-".into()))
    })
    .idle(Duration::from_secs(HOUR))
    .lifetime(Duration::from_secs(10 * HOUR))
}

#[test]
fn a_day_without_use_and_thirty_in_all() {
    for (_, store) in stores() {
        let ada = Visitor::ada(&store);
        has_left(&record(&store, &ada), DAY, 30 * DAY);
        // Parts of a second are left out.
        let sets = || {
            site(&store, |session| {
                session.set("name", "Ada")?;
                Ok(String::new())
            })
        };
        let sets = sets()
            .idle(Duration::from_millis(1_000_999))
            .lifetime(Duration::from_millis(2_000_999));
        let mut ada = Visitor::default();
        ada.get(&sets, "/");
        let Record { expires, ends, .. } = record(&store, &ada);
        // The clock is looked at twice.
        assert!((999..=1000).contains(&(ends - expires)));
    }
}

#[test]
fn it_is_over_when_it_was_not_used_and_when_its_time_has_come() {
    for (name, store) in stores() {
        for (expires, ends) in [(0, 100), (0, 0)] {
            let mut ada = Visitor::ada(&store);
            age(&store, &ada, expires, ends);
            let before = ada.cookie.clone();
            let answer = ada.get(&hourly(&store), "/");
            assert_eq!(answer.text(), "-", "{name}");
            assert_eq!(cookies(&answer), [""; 0], "{name}");
            // Nothing brings it back, and nothing of it is left.
            ada.sets(&store, "page", "1");
            assert_ne!(ada.cookie, before, "{name}");
            assert_eq!(ada.sees(&store, "name"), "-", "{name}");
        }
        let mut ada = Visitor::ada(&store);
        age(&store, &ada, 100, 100);
        assert_eq!(ada.get(&hourly(&store), "/").text(), "Ada");
    }
}

#[test]
fn use_gives_it_its_time_again_but_not_beyond_its_end() {
    for (_, store) in stores() {
        let mut ada = Visitor::ada(&store);
        for (expires, ends, then) in [
            (100, 5 * HOUR, HOUR),
            (100, HOUR / 2, HOUR / 2),
            (HOUR / 2, HOUR / 2, HOUR / 2),
        ] {
            age(&store, &ada, expires, ends);
            assert_eq!(ada.get(&hourly(&store), "/").text(), "Ada");
            has_left(&record(&store, &ada), then, ends);
        }
        // A renewal begins both.
        age(&store, &ada, 100, 200);
        ada.does(&store, Session::renew);
        has_left(&record(&store, &ada), DAY, 30 * DAY);
    }
}

#[test]
fn it_is_written_again_after_a_tenth_of_its_time() {
    for (name, store) in stores() {
        let noting = Noting::new(Arc::clone(&store));
        let noted: Arc<dyn Store> = noting.clone();
        let mut ada = Visitor::ada(&store);
        let tenth = HOUR / 10;
        for (expires, ends, is_written) in [
            (HOUR, 10 * HOUR, false),
            (HOUR - tenth + SLOW, 10 * HOUR, false),
            (HOUR - tenth - 1, 10 * HOUR, true),
            (1 + SLOW, 10 * HOUR, true),
            // There is nothing to be gained.
            (HOUR / 2, HOUR / 2, false),
            // From when it was more.
            (2 * HOUR, 10 * HOUR, false),
        ] {
            age(&store, &ada, expires, ends);
            let answer = ada.get(&hourly(&noted), "/");
            assert_eq!(answer.text(), "Ada", "{name}");
            assert_eq!(cookies(&answer), [""; 0], "{name}");
            let key = key(ada.id());
            let mut asked = vec![format!("load {key}")];
            asked.extend(is_written.then(|| format!("update {key}")));
            assert_eq!(noting.asked(), asked, "{name}, {expires}");
        }
    }
}

/// A clock that goes back, or a time without end, does no harm.
#[test]
fn times_at_the_edge_of_their_range() {
    for (name, store) in stores() {
        for (idle, lifetime, lives) in [
            (Duration::MAX, Duration::MAX, true),
            (Duration::from_secs(u64::MAX - 1), Duration::MAX, true),
            (Duration::MAX, Duration::from_secs(100), true),
            (Duration::from_secs(100), Duration::MAX, true),
            (Duration::ZERO, Duration::MAX, false),
            (Duration::MAX, Duration::ZERO, false),
            (Duration::from_millis(999), Duration::MAX, false),
        ] {
            let site = site(&store, |session| {
                let before = session.get("name")?;
                session.set("name", "Ada")?;
                Ok(before.unwrap_or("-".into()))
            });
            let site = site.idle(idle).lifetime(lifetime);
            let mut ada = Visitor::default();
            let case = format!("{name}, {idle:?}, {lifetime:?}");
            let answer = ada.get(&site, "/");
            assert_eq!(
                (&*answer.text(), &*answer.log),
                ("-", ""),
                "{case}"
            );
            let expected = if lives { "Ada" } else { "-" };
            let answer = ada.get(&site, "/");
            let said = (&*answer.text(), &*answer.log);
            assert_eq!(said, (expected, ""), "{case}");
        }
    }
}

#[test]
fn the_cookie_says_what_it_has_to() {
    for (name, store) in stores() {
        for (scheme, prefix, secure) in
            [("http", "", ""), ("https", "__Host-", "; Secure")]
        {
            let mut environ = environ("GET", "/deep/down?x");
            environ.url_scheme = scheme;
            let sets = site(&store, |session| {
                session.set("name", "Ada")?;
                Ok(String::new())
            });
            let [begun] = &cookies(&ask(&sets, environ))[..] else {
                panic!("{name}")
            };
            let id = begun.split(['=', ';']).nth(1).unwrap();
            let start = format!("{prefix}gateway_session=");
            let rest =
                format!("; Path=/; HttpOnly; SameSite=Lax{secure}");
            assert_eq!(*begun, format!("{start}{id}{rest}"), "{name}");
            let mut environ = ended(&format!("{start}{id}"));
            environ.url_scheme = scheme;
            let ends = site(&store, |session| {
                session.end()?;
                Ok(String::new())
            });
            let expected = format!("{start}{rest}; Max-Age=0");
            let answer = ask(&ends, environ);
            assert_eq!(cookies(&answer), [expected], "{name}");
            // What is not there is not ended.
            let mut environ = ended(&format!("{start}{id}"));
            environ.url_scheme = scheme;
            let answer = ask(&ends, environ);
            assert_eq!(cookies(&answer), [""; 0], "{name}");
        }
    }
}

fn ended(cookie: &str) -> gateway::Environ {
    let mut environ = environ("GET", "/");
    environ.set("HTTP_COOKIE", cookie);
    environ
}

#[test]
fn a_cookie_may_have_another_name_but_not_any() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let named = |name: &str| {
        let sets = site(&store, |session| {
            session.set("name", "Ada")?;
            Ok(String::new())
        });
        cookies(&get(&sets.cookie(name), "/")).remove(0)
    };
    for name in ["sid", "SID-2", "_x", "0"] {
        assert!(named(name).starts_with(&format!("{name}=")));
    }
    for name in [
        "",
        " ",
        "a b",
        "a=b",
        "a;b",
        "a,b",
        "a\r\nb",
        "é",
        "__Host-x",
        "__Secure-x",
        "__x",
        "a\"",
        "a.b",
    ] {
        let named = catch_unwind(AssertUnwindSafe(|| named(name)));
        let panic = named.expect_err(name);
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.starts_with(&format!("{name:?}: ")), "{text}");
    }
}

/// One that was kept under another limit can be read, become smaller,
/// be renewed, and end.
#[test]
fn a_limit_may_be_lowered() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        ada.sets(&store, "big", &"x".repeat(1000));
        let mut act = |act: fn(&Session) -> gateway::Result<()>| {
            let site = site(&store, |session| {
                act(session)?;
                Ok(session.get("name")?.unwrap_or("-".into()))
            });
            let answer = ada.get(&site.limit(100), "/");
            let log = answer.log.split(": ").nth(1).unwrap_or_default();
            format!("{}{log}", answer.text().trim_end())
        };
        let refused = "500 Internal Server Error\
                       a session of 1011 bytes; 100 may be kept\n";
        assert_eq!(act(|_| Ok(())), "Ada", "{name}");
        assert_eq!(act(|session| session.set("x", "")), refused);
        assert_eq!(act(|session| session.set("name", "Lea")), "Lea");
        assert_eq!(act(Session::renew), "Lea", "{name}");
        let smaller = |session: &Session| {
            session.update("big", |big| Some(big?[..200].to_string()))
        };
        assert_eq!(act(smaller), "Lea", "{name}");
        assert_eq!(act(|session| session.remove("big")), "Lea");
        assert_eq!(act(|session| session.set("x", "")), "Lea");
        assert_eq!(act(Session::end), "-", "{name}");
    }
}

/// Two requests of which each is within the limit, and not together.
#[test]
fn a_limit_holds_for_what_is_stored() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let (tab, mut later) = (ada.clone(), ada.clone());
        let fills = site(&store, |session| {
            session.set("slow", "x".repeat(10 * 1024))?;
            let quick = "x".repeat(10 * 1024);
            tab.clone().sets(&store, "quick", &quick);
            Ok(String::new())
        });
        let answer = ada.get(&fills, "/");
        let log =
            "GET /: a session of 20496 bytes; 16384 may be kept\n";
        assert_eq!(answer.log, log, "{name}");
        assert_eq!(later.sees(&store, "slow"), "-", "{name}");
        assert_eq!(later.sees(&store, "quick").len(), 10 * 1024);
    }
}

#[test]
fn memory_is_not_without_end() {
    let store = Arc::new(MemoryStore::new());
    let put = |number: u32, expires: u64| {
        let (key, ends) = (format!("{number:032x}"), u64::MAX);
        let record = Record { key, expires, ends, ..Record::default() };
        store.update(&record.key, &mut |_| Ok(Some(record.clone())))
    };
    for number in 0..100_000 {
        let is_over = number == 7;
        put(number, if is_over { now() } else { u64::MAX }).unwrap();
    }
    // One makes room, and one of those that are there may change.
    let site = session(
        gateway::app(|environ, start_response| {
            Session::of(environ)?.set("name", "Ada")?;
            Ok(start_response("204 No Content", &[])?.body(""))
        }),
        Arc::clone(&store),
    );
    let mut ada = Visitor::default();
    assert_eq!(ada.get(&site, "/").status, "204 No Content");
    assert!(store.load(&format!("{:032x}", 7)).unwrap().is_none());
    assert_eq!(ada.get(&site, "/").status, "204 No Content");
    let answer = get(&site, "/");
    assert_eq!(answer.status, "503 Service Unavailable");
    let reason =
        "503 Service Unavailable: 100000 sessions are in use\n";
    assert_eq!(answer.log, format!("GET /: {reason}"));
    // So do a renewal, an end, and what begins nothing.
    store.update("none", &mut |_| Ok(None)).unwrap();
    let store: Arc<dyn Store> = store;
    ada.does(&store, Session::renew);
    ada.does(&store, Session::end);
    assert_eq!(get(&site, "/").status, "204 No Content");
}
