//! A victim that is to use the attacker's session.

use super::Target;
use crate::session::Visitor;
use crate::session::acts::{key, now, site};
use gateway::middleware::session::{Record, Session};
use gateway::testing::{ask, environ};

/// The victim logs in with this cookie: then it is worth nothing.
#[track_caller]
fn log_in_with(target: &Target, cookie: &str) {
    let mut victim = Visitor::with(cookie);
    victim.does(&target.store, |session| {
        session.renew()?;
        session.set("name", "victim")
    });
    assert_eq!(victim.sees(&target.store, "name"), "victim");
    assert_eq!(target.seen(cookie), "-");
}

pub fn own_choice(target: &Target) {
    for id in [
        "00000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffff",
        "0123456789abcdef0123456789abcdef",
        "admin",
        "",
    ] {
        let cookie = format!("gateway_session={id}");
        // Without a login it is not taken over, either.
        let mut victim = Visitor::with(&cookie);
        victim.sets(&target.store, "name", "victim");
        assert_eq!(target.seen(&cookie), "-");
        log_in_with(target, &cookie);
    }
}

pub fn before_login(target: &Target) {
    let (attacker, _) = target.ada();
    log_in_with(target, &attacker.cookie.unwrap());
}

pub fn ended(target: &Target) {
    let (mut attacker, _) = target.ada();
    let cookie = attacker.cookie.clone().unwrap();
    attacker.does(&target.store, Session::end);
    let mut victim = Visitor::with(&cookie);
    victim.sets(&target.store, "name", "victim");
    assert_eq!(target.seen(&cookie), "-");
    log_in_with(target, &cookie);
}

pub fn over(target: &Target) {
    let (attacker, id) = target.ada();
    let cookie = attacker.cookie.unwrap();
    let values = [("name".into(), "Ada".into())].into();
    let (key, expires, ends) = (key(&id), now() - 1, now() + 100);
    let record = Record { key, expires, ends, values };
    let put = &mut |_| Ok(Some(record.clone()));
    target.store.update(&record.key, put).unwrap();
    assert_eq!(target.seen(&cookie), "-");
    let mut victim = Visitor::with(&cookie);
    victim.sets(&target.store, "name", "victim");
    assert_eq!(target.seen(&cookie), "-");
    log_in_with(target, &cookie);
}

/// The attacker's comes first, because its path is longer, and stays
/// there: what the site sets has another.
pub fn tossed(target: &Target) {
    let (_, attackers) = target.ada();
    let attackers = format!("gateway_session={attackers}");
    log_in_with(target, &attackers);
    let mut victim = Visitor::with(&attackers);
    victim.sets(&target.store, "name", "victim");
    let own = victim.cookie.unwrap();
    let both = format!("{attackers}; {own}");
    assert_eq!(target.seen(&both), "victim");
    let mut victim = Visitor::with(both);
    victim.does(&target.store, Session::end);
    assert_eq!(target.seen(own), "-");
}

pub fn in_the_url(target: &Target) {
    let (_, id) = target.ada();
    let shows = site(&target.store, |session| {
        Ok(session.get("name")?.unwrap_or("-".into()))
    });
    for url in [
        format!("/?gateway_session={id}"),
        format!("/;gateway_session={id}"),
        format!("/{id}?sid={id}&PHPSESSID={id}"),
    ] {
        let mut environ = environ("GET", &url);
        environ.set("HTTP_X_GATEWAY_SESSION", &id);
        environ.set("HTTP_COOKIE2", format!("gateway_session={id}"));
        assert_eq!(ask(&shows, environ).text(), "-");
    }
}
