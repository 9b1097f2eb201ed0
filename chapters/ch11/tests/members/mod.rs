//! The guest book that knows its visitors, asked without a server: that
//! of whatever this is a module of.

use gateway::middleware::session::MemoryStore;
use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Environ};
use std::io::Cursor;

/// Asks with these cookies.
pub fn get(
    app: &impl Application,
    path: &str,
    cookies: &str,
) -> Answer {
    let mut environ = environ("GET", path);
    environ.set("HTTP_COOKIE", cookies);
    ask(app, environ)
}

/// The name and value of the cookie that an answer sets.
pub fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get("Set-Cookie").expect("a cookie");
    set.split(';').next().unwrap_or_default().into()
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
    let app = crate::guest_book(MemoryStore::new());
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
    let app = crate::guest_book(MemoryStore::new());
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
    let app = crate::guest_book(MemoryStore::new());
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
