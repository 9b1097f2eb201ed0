//! What a session is for.

use super::{Visitor, stores};
use gateway::middleware::session::{Session, session};
use gateway::{Application, app};
use std::sync::Arc;

/// Does what the path says, and shows what the session has.
fn site(
    store: &Arc<dyn gateway::middleware::session::Store>,
) -> impl Application + use<> {
    let inner = app(|environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        let mut shown = String::new();
        if path != "/untouched" {
            let session = Session::of(environ)?;
            match &path.split('/').collect::<Vec<_>>()[..] {
                ["", "set", name, value] => session.set(name, value)?,
                ["", "remove", name] => session.remove(name)?,
                ["", "renew"] => session.renew()?,
                ["", "end"] => session.end()?,
                ["", "flash", message] => session.flash(message)?,
                ["", "flashes"] => shown = session.flashes()?.join(","),
                ["", "get", name] => {
                    shown = session.get(name)?.unwrap_or("-".into());
                }
                _ => return Err("no such path".into()),
            }
        }
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(shown))
    });
    session(inner, Arc::clone(store))
}

#[test]
fn what_is_set_is_there_for_the_next_request_of_this_visitor_alone() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        assert_eq!(ada.get(&site, "/get/name").text(), "-", "{name}");
        assert_eq!(ada.cookie, None, "{name}");
        ada.get(&site, "/set/name/Ada");
        assert_eq!(ada.get(&site, "/get/name").text(), "Ada", "{name}");
        let mut ferris = Visitor::default();
        assert_eq!(ferris.get(&site, "/get/name").text(), "-");
        ada.get(&site, "/remove/name");
        assert_eq!(ada.get(&site, "/get/name").text(), "-", "{name}");
    }
}

#[test]
fn a_message_is_shown_once() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        ada.get(&site, "/flash/first");
        ada.get(&site, "/flash/second");
        assert_eq!(ada.get(&site, "/flashes").text(), "first,second");
        assert_eq!(ada.get(&site, "/flashes").text(), "", "{name}");
    }
}

#[test]
fn a_renewed_session_has_another_id_and_the_old_one_is_dead() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        ada.get(&site, "/set/name/Ada");
        let mut thief = ada.clone();
        ada.get(&site, "/renew");
        assert_ne!(ada.cookie, thief.cookie, "{name}");
        assert_eq!(ada.get(&site, "/get/name").text(), "Ada", "{name}");
        assert_eq!(thief.get(&site, "/get/name").text(), "-", "{name}");
    }
}

#[test]
fn an_ended_session_is_gone_here_and_in_the_browser() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        ada.get(&site, "/set/name/Ada");
        let mut thief = ada.clone();
        ada.get(&site, "/end");
        assert_eq!(ada.cookie, None, "{name}");
        assert_eq!(thief.get(&site, "/get/name").text(), "-", "{name}");
    }
}

#[test]
fn nothing_is_said_of_a_session_that_is_not_touched() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        ada.get(&site, "/set/name/Ada");
        let answer = ada.get(&site, "/untouched");
        for header in ["Set-Cookie", "Vary", "Cache-Control"] {
            assert_eq!(answer.headers.get(header), None, "{name}");
        }
        let answer = ada.get(&site, "/get/name");
        assert_eq!(answer.headers.get("Vary"), Some("Cookie"));
        let control = answer.headers.get("Cache-Control");
        assert_eq!(control, Some("no-store"), "{name}");
    }
}
