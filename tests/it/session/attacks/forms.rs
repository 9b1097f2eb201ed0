//! Forms that another site has a visitor send.

use super::Target;
use crate::session::Visitor;
use crate::session::acts::TEXT;
use gateway::middleware::csrf;
use gateway::middleware::session::{Session, session};
use gateway::testing::{Answer, environ};
use gateway::{Application, Environ, app};
use std::sync::Arc;

const FORM: &str = "application/x-www-form-urlencoded";

/// Shows a token to GET, and sets what is sent to all else.
fn guarded(target: &Target) -> impl Application + use<> {
    let inner = app(|environ, start_response| {
        let shown = match environ.bytes("REQUEST_METHOD") {
            Some(b"GET") => csrf::token(environ)?,
            _ => {
                Session::of(environ)?.set("name", "forged")?;
                String::new()
            }
        };
        Ok(start_response("200 OK", &TEXT)?.body(shown))
    });
    session(csrf::csrf(inner), Arc::clone(&target.store))
}

fn token(target: &Target, visitor: &mut Visitor) -> String {
    visitor.get(&guarded(target), "/").text().into_owned()
}

fn form(method: &str, body: String) -> Environ {
    let mut environ = environ(method, "/");
    environ.set("CONTENT_TYPE", FORM);
    environ.set("CONTENT_LENGTH", body.len().to_string());
    environ.input = Box::new(std::io::Cursor::new(body));
    environ
}

/// Nothing has changed for the victim.
#[track_caller]
fn is_refused(target: &Target, ada: &mut Visitor, answer: Answer) {
    assert_eq!(answer.status, "403 Forbidden");
    assert!(answer.log.contains(": a form from elsewhere: "));
    assert_eq!(ada.sees(&target.store, "name"), "Ada");
}

pub fn of_another_site(target: &Target) {
    let (mut ada, _) = target.ada();
    let token = token(target, &mut ada);
    for (field, value) in [
        ("HTTP_ORIGIN", "http://evil.example"),
        ("HTTP_ORIGIN", "http://localhost.evil.example"),
        ("HTTP_ORIGIN", "http://localhost@evil.example"),
        ("HTTP_ORIGIN", "http://localhost http://evil.example"),
        ("HTTP_ORIGIN", "https://localhost"),
        ("HTTP_ORIGIN", "http://localhost:8000"),
        ("HTTP_ORIGIN", "//localhost"),
        ("HTTP_ORIGIN", "file://"),
        ("HTTP_ORIGIN", ""),
        ("HTTP_SEC_FETCH_SITE", "cross-site"),
        ("HTTP_SEC_FETCH_SITE", "same-site"),
        ("HTTP_SEC_FETCH_SITE", "same-origin, cross-site"),
        ("HTTP_SEC_FETCH_SITE", ""),
    ] {
        // Even with a token that was stolen somehow.
        let mut environ = form("POST", format!("csrf={token}"));
        environ.set(field, value);
        let answer = ada.ask(&guarded(target), environ);
        is_refused(target, &mut ada, answer);
    }
    let nothing = form("POST", String::new());
    let answer = ada.ask(&guarded(target), nothing);
    is_refused(target, &mut ada, answer);
}

pub fn own_token(target: &Target) {
    let (mut ada, _) = target.ada();
    token(target, &mut ada);
    let (mut attacker, _) = target.ada();
    let theirs = token(target, &mut attacker);
    let sends = form("POST", format!("csrf={theirs}"));
    let answer = ada.ask(&guarded(target), sends);
    is_refused(target, &mut ada, answer);
    // Whose session has no secret has none that could be met.
    let (mut ada, _) = target.ada();
    for token in [theirs, "0".repeat(64), String::new()] {
        let sends = form("POST", format!("csrf={token}"));
        let answer = ada.ask(&guarded(target), sends);
        is_refused(target, &mut ada, answer);
    }
}

/// From before the login, when somebody else may have known it.
pub fn old_token(target: &Target) {
    let (mut ada, _) = target.ada();
    let old = token(target, &mut ada);
    ada.does(&target.store, Session::renew);
    for _ in 0..2 {
        let sends = form("POST", format!("csrf={old}"));
        let answer = ada.ask(&guarded(target), sends);
        is_refused(target, &mut ada, answer);
        token(target, &mut ada);
    }
}

pub fn misplaced_token(target: &Target) {
    let (mut ada, _) = target.ada();
    let token = token(target, &mut ada);
    let body = format!("csrf={token}");
    for kind in
        ["text/plain", "", "multipart/form-data", "application/json"]
    {
        let mut environ = form("POST", body.clone());
        environ.set("CONTENT_TYPE", kind);
        let answer = ada.ask(&guarded(target), environ);
        is_refused(target, &mut ada, answer);
    }
    let mut environ = form("POST", String::new());
    environ.set("QUERY_STRING", &body);
    let cookie = ada.cookie.clone().unwrap();
    let answer = Visitor::with(format!("{cookie}; {body}"))
        .ask(&guarded(target), environ);
    is_refused(target, &mut ada, answer);
    for name in ["CSRF", "csrf ", "_csrf", "csrf[]", "Csrf"] {
        let sends = form("POST", format!("{name}={token}"));
        let answer = ada.ask(&guarded(target), sends);
        is_refused(target, &mut ada, answer);
    }
}

pub fn odd_methods(target: &Target) {
    let (mut ada, _) = target.ada();
    for method in [
        "POST", "PUT", "PATCH", "DELETE", "get", "Get", "GETS",
        "QUERY", "",
    ] {
        let mut environ = form(method, "_method=GET".into());
        environ.set("HTTP_X_HTTP_METHOD_OVERRIDE", "GET");
        let answer = ada.ask(&guarded(target), environ);
        is_refused(target, &mut ada, answer);
    }
}
