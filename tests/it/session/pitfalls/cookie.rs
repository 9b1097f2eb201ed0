//! What befalls the cookie, and the head that it is in.

use crate::session::acts::{Noting, TEXT, cookies, key, site};
use crate::session::{Visitor, stores};
use gateway::middleware::session::{Session, Store, session};
use gateway::testing::get;
use gateway::{Application, app};
use std::io::Write;
use std::sync::Arc;

/// CVE-2026-39324: what could not be decrypted was decoded as it was.
#[test]
fn a_fallback_for_what_does_not_verify() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        for value in [
            "{\"name\":\"Ada\"}",
            "name=Ada",
            "name%3DAda",
            "bmFtZT1BZGE=",
            "BAh7BkkiCW5hbWUGOgZFVEkiCEFkYQY7AFQ=",
            "eyJuYW1lIjoiQWRhIn0.aSIgqQ.Zm9yZ2VkLXNpZ25hdHVyZQ",
            "0123456789abcdef0123456789abcdef--name=Ada",
        ] {
            let cookie = format!("gateway_session={value}");
            let mut forger = Visitor::with(cookie);
            let seen = forger.sees(&store, "name");
            assert_eq!(seen, "-", "{name}: {value}");
            assert_eq!(noting.asked(), [""; 0], "{name}: {value}");
        }
    }
}

/// CVE-2019-16782: the database compared ids from their first byte on.
#[test]
fn an_id_found_out_by_timing() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        let mut ada = Visitor::ada(&store);
        noting.asked();
        ada.sees(&store, "name");
        let key = key(ada.id());
        let asked = noting.asked();
        assert_eq!(asked, [format!("load {key}")], "{name}");
        // Who has stolen the store has no ids.
        let stolen = format!("gateway_session={key}");
        let mut thief = Visitor::with(stolen);
        assert_eq!(thief.sees(&store, "name"), "-", "{name}");
    }
}

/// bbangert/beaker 59: files outside of the folder.
#[test]
fn the_id_as_a_file_name() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        for id in [
            "..%2f..%2fetc%2fpasswd",
            "../../../../../../../etc/passwd",
            "/////////////////////etc/passwd/",
            "../0123456789abcdef0123456789abc",
            "0123456789abcdef0123456789abcd\\x",
        ] {
            let cookie = format!("gateway_session={id}");
            let mut visitor = Visitor::with(cookie);
            assert_eq!(visitor.sees(&store, "name"), "-", "{name}");
            assert_eq!(noting.asked(), [""; 0], "{name}: {id}");
            visitor.sets(&store, "name", "x");
            let asked = noting.asked();
            let own = format!("update {}", key(visitor.id()));
            assert_eq!(asked, [own], "{name}: {id}");
        }
    }
}

/// bbangert/beaker 24: one that did not parse took all with it.
#[test]
fn odd_foreign_cookies_break_the_parser() {
    for (name, store) in stores() {
        let ada = Visitor::ada(&store);
        let own = ada.cookie.unwrap();
        for odd in [
            "a b=c,d",
            "=",
            "==",
            ";;;",
            "\"",
            "a=\"b; c=d\"",
            "{\"a\":1}",
            "gateway_session",
            "gateway_session=",
            "gateway_session=\"\"",
            "Gateway_Session=0123456789abcdef0123456789abcdef",
            "é=ü",
            "$Version=1; $Path=/",
        ] {
            for cookie in
                [format!("{odd}; {own}"), format!("{own}; {odd}")]
            {
                let mut ada = Visitor::with(cookie);
                assert_eq!(
                    ada.sees(&store, "name"),
                    "Ada",
                    "{name}: {odd}"
                );
            }
        }
    }
}

/// securedrop 6066: browsers drop one of more than 4096 bytes without
/// a word. Ours does not grow.
#[test]
fn a_cookie_that_is_too_big_is_ignored_by_browsers() {
    for (name, store) in stores() {
        let mut ada = Visitor::default();
        let answer = ada.does(&store, |session| {
            session.set("big", "x".repeat(16 * 1024 - 3))
        });
        let [cookie] = &cookies(&answer)[..] else { panic!("{name}") };
        assert!(cookie.len() < 100, "{name}: {cookie}");
        assert_eq!(ada.sees(&store, "big").len(), 16 * 1024 - 3);
    }
}

/// Inherent in cookies that carry the data; not in one with an id.
#[test]
fn replay_of_a_cookie_after_the_logout() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let mut replay = ada.clone();
        ada.does(&store, Session::end);
        assert_eq!(replay.sees(&store, "name"), "-", "{name}");
        replay.sets(&store, "other", "x");
        assert_eq!(replay.sees(&store, "name"), "-", "{name}");
    }
}

/// maxcountryman/tower-sessions 195.
#[test]
fn a_cookie_not_set_although_saved() {
    for (name, store) in stores() {
        for way in ["body", "write", "restart", "no body"] {
            let inner = app(|environ, start_response| {
                Session::of(environ)?.set("name", "Ada")?;
                let mut started = start_response("200 OK", &TEXT)?;
                match way {
                    "write" => write!(started, "x")?,
                    "restart" => {
                        let status = "404 Not Found";
                        started = started.restart(status, &TEXT, "")?;
                    }
                    "no body" => return Ok(started.body("")),
                    _ => {}
                }
                Ok(started.body("x"))
            });
            let mut ada = Visitor::default();
            ada.get(&session(inner, Arc::clone(&store)), "/");
            let seen = ada.sees(&store, "name");
            assert_eq!(seen, "Ada", "{name}, {way}");
        }
    }
}

/// pallets-eco/flask-session 108, maxcountryman/flask-login 98: nothing
/// could be cached, and static files had cookies.
#[test]
fn set_cookie_on_everything() {
    for (name, store) in stores() {
        let noting = Noting::new(store);
        let store: Arc<dyn Store> = noting.clone();
        let mut ada = Visitor::ada(&store);
        noting.asked();
        let cookie = ada.cookie.clone();
        let answer = ada.does(&store, |_| Ok(()));
        let names = answer.headers.pairs().into_iter().map(|(n, _)| n);
        let names: Vec<_> = names.collect();
        assert_eq!(names, ["Content-Type", "Content-Length"], "{name}");
        assert_eq!(noting.asked(), [""; 0], "{name}");
        // Read, and not changed: it depends on the cookie, and is not
        // for others, and the browser has nothing to learn.
        let answer = ada.does(&store, |s| s.get("name").map(drop));
        assert_eq!(cookies(&answer), [""; 0], "{name}");
        assert_eq!(answer.headers.get("Vary"), Some("Cookie"));
        let control = answer.headers.get("Cache-Control");
        assert_eq!(control, Some("no-store"), "{name}");
        assert_eq!(noting.asked(), [format!("load {}", key(ada.id()))]);
        assert_eq!(ada.cookie, cookie, "{name}");
        // Nobody's session is read, or looked for, without a cookie.
        let mut stranger = Visitor::default();
        assert_eq!(stranger.sees(&store, "name"), "-", "{name}");
        assert_eq!(noting.asked(), [""; 0], "{name}");
        assert_eq!(stranger.cookie, None, "{name}");
    }
}

/// Pylons/webob 74: each had its way of the head.
#[test]
fn two_layers_both_wrap() {
    for (name, store) in stores() {
        let inner = site(&store, |session| {
            let before = session.get("in")?;
            session.set("in", "i")?;
            assert_eq!(session.get("out")?, None);
            Ok(before.unwrap_or("-".into()))
        });
        let inner = inner.cookie("inner");
        let outer = app(|environ, start_response| {
            let session = Session::of(environ)?;
            session.set("out", "o")?;
            let response = inner.call(environ, start_response)?;
            // This is the outer one again.
            let session = Session::of(environ)?;
            assert_eq!(session.get("out")?.as_deref(), Some("o"));
            assert_eq!(session.get("in")?, None);
            Ok(response)
        });
        let outer = session(outer, Arc::clone(&store)).cookie("outer");
        let answer = get(&outer, "/");
        let said = (&*answer.text(), &*answer.log);
        assert_eq!(said, ("-", ""), "{name}");
        let set = cookies(&answer);
        assert!(set[0].starts_with("inner="), "{name}: {set:?}");
        assert!(set[1].starts_with("outer="), "{name}: {set:?}");
        assert_eq!(set.len(), 2, "{name}");
        let pairs = answer.headers.pairs();
        let vary = pairs.iter().filter(|(name, _)| *name == "Vary");
        assert_eq!(vary.count(), 1, "{name}");
        // The browser sends both, and each finds its own.
        let pair = |set: &String| set.split(';').next().unwrap().into();
        let both: Vec<String> = set.iter().map(pair).collect();
        let answer = Visitor::with(both.join("; ")).get(&outer, "/");
        let said = (&*answer.text(), &*answer.log);
        assert_eq!(said, ("i", ""), "{name}");
        assert_eq!(cookies(&answer), [""; 0], "{name}");
    }
}
