//! What chapter 11 says of its programs.

use ch11::signed::{self, KEYS, signed, verified};
use ch11::{small, stored};
use gateway::middleware::session;
use gateway::middleware::session::{MemoryStore, Session};
use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Environ, app};
use std::io::Cursor;
use std::sync::Barrier;
use std::thread;

/// Asks with these cookies.
fn get(app: &impl Application, path: &str, cookies: &str) -> Answer {
    let mut environ = environ("GET", path);
    environ.set("HTTP_COOKIE", cookies);
    ask(app, environ)
}

/// The name and value of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get("Set-Cookie").expect("a cookie");
    set.split(';').next().unwrap_or_default().into()
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

/// Posts a form to the guest book.
fn post(
    app: &impl Application,
    path: &str,
    form: &str,
    change: impl FnOnce(&mut Environ),
) -> Answer {
    let mut environ = environ("POST", path);
    let kind = "application/x-www-form-urlencoded";
    environ.set("CONTENT_TYPE", kind);
    environ.set("CONTENT_LENGTH", form.len().to_string());
    environ.input = Box::new(Cursor::new(form.to_string()));
    change(&mut environ);
    ask(app, environ)
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let app = ch11::application(MemoryStore::new());
    let form = "name=Ferris&password=crab";
    let from = |origin: &'static str| {
        post(&app, "/login", form, move |environ| {
            environ.set("HTTP_ORIGIN", origin);
        })
    };
    let refused = from("http://evil.example");
    assert_eq!(refused.status, "403 Forbidden");
    assert_eq!(refused.headers.get("Set-Cookie"), None);
    assert_eq!(from("http://localhost").status, "303 See Other");
    // A browser that says nothing has to bring the token.
    let refused = post(&app, "/login", form, |_| ());
    assert_eq!(refused.status, "403 Forbidden");
    let page = get(&app, "/login", "");
    let (given, text) = (cookie(&page), page.text());
    let token = text.split("value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let form = format!("{form}&csrf={token}");
    let answer = post(&app, "/login", &form, |environ| {
        environ.set("HTTP_COOKIE", &given);
    });
    assert_eq!(answer.status, "303 See Other");
    assert_ne!(cookie(&answer), given);
}

#[test]
fn a_member_is_known_until_the_logout_and_a_copy_of_the_cookie_too() {
    let app = ch11::application(MemoryStore::new());
    let form = "name=Ada&password=engine";
    let ours = |environ: &mut Environ| {
        environ.set("HTTP_ORIGIN", "http://localhost");
    };
    let given = cookie(&post(&app, "/login", form, ours));
    assert!(get(&app, "/", &given).text().contains("You are Ada."));
    post(&app, "/logout", "", |environ| {
        ours(environ);
        environ.set("HTTP_COOKIE", &given);
    });
    let answer = get(&app, "/mine", &given);
    assert_eq!(answer.status, "303 See Other");
}

#[test]
fn behind_a_proxy_on_this_machine_https_is_https() {
    let app = ch11::application(MemoryStore::new());
    let ask = |from: &'static str| {
        post(&app, "/login", "name=Ada&password=engine", |environ| {
            environ.set("REMOTE_ADDR", from);
            environ.set("HTTP_X_FORWARDED_PROTO", "https");
            environ.set("HTTP_ORIGIN", "https://localhost");
        })
    };
    let answer = ask("127.0.0.1");
    let set = answer.headers.get("Set-Cookie").unwrap();
    assert!(set.starts_with("__Host-gateway_session="), "{set}");
    assert!(set.ends_with("; Secure"), "{set}");
    let location = answer.headers.get("Location").unwrap();
    assert_eq!(location, "https://localhost/");
    // A visitor is not believed.
    assert_eq!(ask("192.0.2.7").status, "403 Forbidden");
}
