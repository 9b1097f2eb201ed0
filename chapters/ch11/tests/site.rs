//! What chapter 11 says of its programs.

mod members;

use ch11::signed::{self, KEYS, signed, verified};
use ch11::{small, stored};
use gateway::middleware::session;
use gateway::middleware::session::{MemoryStore, Session, Store};
use gateway::testing::Answer;
use gateway::{Application, app};
use members::{cookie, get};
use std::sync::Barrier;
use std::thread;

fn guest_book(store: impl Store + 'static) -> impl Application {
    ch11::application(store)
}

#[test]
fn a_cookie_by_hand_is_forged_by_hand() {
    let answer = get(&small::hello, "/", "name=admin");
    assert!(answer.text().contains("The keys"));
    // Attributes of somebody else's.
    let answer = get(&small::hello, "/?name=a;%20Max-Age=9", "");
    assert_eq!(cookie(&answer), "name=a");
    let set = answer.headers.get("Set-Cookie").unwrap();
    assert!(set.contains("; Max-Age=9"), "{set}");
}

#[test]
fn strange_cookies_beside_ours_do_no_harm() {
    for field in [
        "name=Ferris",
        "a; name=Ferris",
        "=; ;; name=Ferris; name=Ada",
        "names=Ada; name=Ferris",
    ] {
        let answer = get(&small::hello, "/", field);
        assert_eq!(answer.text(), "Hello Ferris!\n", "{field}");
    }
}

#[test]
fn a_signed_cookie_is_forged_by_nobody() {
    let given = get(&signed::hello, "/?name=Ferris", "");
    let given = cookie(&given);
    let answer = get(&signed::hello, "/", &given);
    assert_eq!(answer.text(), "Hello Ferris!\n");
    let (text, signature) = given.rsplit_once('.').unwrap();
    for forged in [
        given.replace("Ferris", "admin"),
        text.into(),
        format!("{text}."),
        format!("{text}.{}", &signature[2..]),
        format!("{text}.{signature}00"),
        format!("{text}.{}", signature.replace('5', "6")),
        format!("{text}.zz"),
        format!("{text}.{signature}.{signature}"),
        format!("{text}.\u{e9}"),
    ] {
        let answer = get(&signed::hello, "/", &forged);
        assert_eq!(answer.text(), "Who is there?\n", "{forged}");
    }
}

#[test]
fn key_rotation_the_first_key_signs_and_all_verify() {
    let old = signed(&KEYS[1..], "Ferris").unwrap();
    assert_eq!(verified(&KEYS, &old), Some("Ferris"));
    let new = signed(&KEYS, "Ferris").unwrap();
    assert_ne!(new, old);
    assert_eq!(verified(&KEYS[..1], &new), Some("Ferris"));
    assert_eq!(verified(&KEYS[1..], &new), None);
    assert_eq!(verified(&[], &new), None);
    assert!(signed(&[], "Ferris").is_err());
}

#[test]
fn a_weak_secret_is_cracked_offline() {
    let cracked = |cookie: &str| {
        let words = ["password", "123456", "secret", "letmein"];
        words.into_iter().find(|w| verified(&[w], cookie).is_some())
    };
    let weak = signed(&["secret"], "Ferris").unwrap();
    assert_eq!(cracked(&weak), Some("secret"));
    let ours = signed(&KEYS, "Ferris").unwrap();
    assert_eq!(cracked(&ours), None);
    assert!(KEYS.iter().all(|key| key.len() >= 23));
}

#[test]
fn replay_of_a_signed_cookie_after_the_logout_works() {
    let given = cookie(&get(&signed::hello, "/?name=Ferris", ""));
    let out = get(&signed::hello, "/logout", &given);
    let set = out.headers.get("Set-Cookie").unwrap();
    assert_eq!(set, "name=; Max-Age=0");
    let answer = get(&signed::hello, "/", &given);
    assert_eq!(answer.text(), "Hello Ferris!\n");
}

#[test]
fn ids_that_are_guessed_or_planted_open_the_naive_store() {
    let store = stored::application(|_| ());
    let given = cookie(&get(&store, "/?name=Ferris", ""));
    assert_eq!(given, "id=1");
    let answer = get(&store, "/", "id=1");
    assert_eq!(answer.text(), "Ferris, visit 2\n");
    get(&store, "/?name=Ada", "id=lobster");
    let answer = get(&store, "/", "id=lobster");
    assert_eq!(answer.text(), "Ada, visit 2\n");
}

/// Sets what the query says, ends the session at `/end`, and shows
/// what is known then. At `/slow` it meets others when it has read.
fn site(others: &Barrier) -> impl Application {
    let inner = app(move |environ, start_response| {
        let session = Session::of(environ)?;
        let name = session.get("name")?;
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match &*path {
            "/end" => session.end()?,
            "/slow" => {
                others.wait();
                others.wait();
            }
            _ => {}
        }
        for (name, value) in environ.query()?.fields() {
            session.set(name, value)?;
        }
        let theme = session.get("theme")?;
        let text =
            [name, theme].map(Option::unwrap_or_default).concat();
        let plain = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &plain)?.body(text))
    });
    session(inner, MemoryStore::new())
}

#[test]
fn ids_that_are_guessed_or_planted_open_nothing_of_ours() {
    let others = Barrier::new(1);
    let app = site(&others);
    let planted = "gateway_session=0123456789abcdef0123456789abcdef";
    let given = cookie(&get(&app, "/?name=Ada", planted));
    assert_ne!(given, planted);
    assert_eq!(get(&app, "/", planted).text(), "");
    assert_eq!(get(&app, "/", &given).text(), "Ada");
}

/// A theme is set by a slow request, and something else is asked for
/// meanwhile. What is the slow one told, and what is there then?
fn meanwhile(path: &str) -> (Answer, String) {
    let others = Barrier::new(2);
    let app = site(&others);
    let given = cookie(&get(&app, "/?name=Ferris", ""));
    let slow = thread::scope(|scope| {
        let theme = || get(&app, "/slow?theme=dark", &given);
        let slow = scope.spawn(theme);
        others.wait();
        get(&app, path, &given);
        others.wait();
        slow.join().unwrap()
    });
    (slow, get(&app, "/", &given).text().into_owned())
}

#[test]
fn two_tabs_have_their_way() {
    let (slow, then) = meanwhile("/?name=Ada");
    assert_eq!(slow.text(), "Ferrisdark");
    assert_eq!(then, "Adadark");
}

#[test]
fn a_slow_request_does_not_undo_a_logout() {
    let (slow, then) = meanwhile("/end");
    assert_eq!(slow.status, "200 OK");
    assert!(slow.log.contains("has ended"), "{}", slow.log);
    assert_eq!(then, "");
}
