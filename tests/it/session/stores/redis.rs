//! Sessions in a Redis server.

use super::{FAR, KEY, LATER, OTHER, load, one_more, put, record};
use crate::session::places::{Place, places};
use crate::session::redis_server::{Between, Cut, Server, own};
use crate::support::{Folder, PATIENCE};
use gateway::middleware::session::{Record, RedisStore, Store};
use redis::{Connection, cmd};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

fn connection(url: &str) -> Connection {
    redis::Client::open(url).unwrap().get_connection().unwrap()
}

pub fn damage(place: &Place, key: &str, bytes: &[u8]) {
    let name = format!("gateway_session:{key}");
    let mut set = cmd("SET");
    set.arg(name)
        .arg(bytes)
        .exec(&mut connection(&place.text))
        .unwrap();
}

pub fn keys(place: &Place) -> Vec<String> {
    all_keys(&place.text)
}

fn all_keys(url: &str) -> Vec<String> {
    let names: Vec<String> =
        cmd("KEYS").arg("*").query(&mut connection(url)).unwrap();
    let key = |name: &String| {
        name.strip_prefix("gateway_session:").unwrap().to_string()
    };
    names.iter().map(key).collect()
}

/// An empty database of the server that all tests share.
fn shared() -> Option<Arc<Place>> {
    places().into_iter().find(|place| place.name == "redis")
}

#[test]
fn what_is_no_text_is_an_error_that_names_it() {
    let Some(place) = shared() else { return };
    let store = place.open();
    let name = format!("gateway_session:{KEY}");
    let mut push = cmd("RPUSH");
    push.arg(&name).arg("a").arg("b");
    push.exec(&mut connection(&place.text)).unwrap();
    let error = store.load(KEY).unwrap_err().to_string();
    assert!(error.contains(&name), "{error}");
    let error = store.update(KEY, &mut |_| panic!()).unwrap_err();
    assert!(error.to_string().contains(&name), "{error}");
    // The connection is none the worse.
    put(&*store, &record(OTHER, &[]));
    assert_eq!(load(&*store, OTHER), Some(record(OTHER, &[])));
}

#[test]
fn the_server_forgets_what_is_over() {
    let Some(place) = shared() else { return };
    let store = place.open();
    put(&*store, &record(KEY, &[]));
    let over = Record { expires: 1, ..record(OTHER, &[]) };
    put(&*store, &over);
    put(&*store, &record(FAR, &[("a", "b")]));
    put(&*store, &Record { expires: 0, ..record(FAR, &[]) });
    assert_eq!(all_keys(&place.text), [KEY]);
    let time: u64 = cmd("EXPIRETIME")
        .arg(format!("gateway_session:{KEY}"))
        .query(&mut connection(&place.text))
        .unwrap();
    assert_eq!(time, LATER);
}

#[test]
fn who_was_slower_tries_again() {
    let Some(place) = shared() else { return };
    let (slow, fast) = (place.open(), place.open());
    put(&*slow, &record(KEY, &[("count", "0")]));
    let mut seen = Vec::new();
    let update = slow.update(KEY, &mut |before| {
        if seen.len() < 3 {
            fast.update(KEY, &mut one_more).unwrap();
        }
        let count = before.as_ref().unwrap().values["count"].clone();
        seen.push(count);
        one_more(before)
    });
    update.unwrap();
    assert_eq!(seen, ["0", "1", "2", "3"]);
    let all = record(KEY, &[("count", "4")]);
    assert_eq!(load(&*slow, KEY), Some(all));
}

#[test]
fn a_session_that_ends_meanwhile_does_not_come_back() {
    let Some(place) = shared() else { return };
    let (slow, fast) = (place.open(), place.open());
    put(&*slow, &record(KEY, &[]));
    let mut times = 0;
    let update = slow.update(KEY, &mut |before| {
        times += 1;
        fast.update(KEY, &mut |_| Ok(None)).unwrap();
        Ok(before)
    });
    update.unwrap();
    assert_eq!(times, 2);
    assert_eq!(load(&*slow, KEY), None);
}

#[test]
fn a_change_that_failed_is_no_hindrance_to_the_next() {
    let Some(place) = shared() else { return };
    let (one, other) = (place.open(), place.open());
    put(&*one, &record(KEY, &[]));
    one.update(KEY, &mut |_| Err("no ink".into())).unwrap_err();
    // A watch that is left would stop the next transaction.
    put(&*other, &record(KEY, &[("user", "Ada")]));
    let mut times = 0;
    let update = one.update(OTHER, &mut |_| {
        times += 1;
        Ok(Some(record(OTHER, &[])))
    });
    update.unwrap();
    assert_eq!(times, 1);
}

#[test]
fn a_server_that_was_started_anew_is_asked_again() {
    let Some((server, folder)) = own("sessions-anew") else { return };
    let store = RedisStore::open(&server.database(0)).unwrap();
    // Two at once, so that two connections are kept.
    let nested = store.update(KEY, &mut |_| {
        put(&store, &record(OTHER, &[]));
        Ok(Some(record(KEY, &[])))
    });
    nested.unwrap();
    drop(server);
    let error = store.load(KEY).unwrap_err().to_string();
    assert!(error.contains(KEY), "{error}");
    let server = Server::start(folder.path("socket"), None);
    // It keeps nothing in these tests.
    assert_eq!(load(&store, KEY), None);
    put(&store, &record(KEY, &[]));

    // And if nobody has asked in between.
    drop(server);
    let _server = Server::start(folder.path("socket"), None);
    let mut times = 0;
    let update = store.update(KEY, &mut |before| {
        times += 1;
        assert_eq!(before, None);
        Ok(Some(record(KEY, &[("user", "Ada")])))
    });
    update.unwrap();
    assert_eq!(times, 1);
    let ada = record(KEY, &[("user", "Ada")]);
    assert_eq!(load(&store, KEY), Some(ada));
}

#[test]
fn a_change_that_may_have_been_made_is_an_error() {
    let Some((server, folder)) = own("sessions-cut") else { return };
    let direct = RedisStore::open(&server.database(0)).unwrap();
    let mut user = cmd("ACL");
    user.arg(&["SETUSER", "user", "on", ">secret", "~*", "+@all"]);
    user.exec(&mut connection(&server.database(0))).unwrap();

    let between = Between::new(folder.path("socket"));
    let store = RedisStore::open(&between.url).unwrap();
    put(&store, &record(KEY, &[("count", "0")]));
    for (cut, count) in [(Cut::Before, "0"), (Cut::After, "1")] {
        between.set(cut);
        let mut times = 0;
        let update = store.update(KEY, &mut |before| {
            times += 1;
            // It is not tried again: it would be made twice.
            assert_eq!(times, 1);
            one_more(before)
        });
        let error = update.unwrap_err().to_string();
        assert!(error.contains(KEY), "{error}");
        assert!(!error.contains("secret"), "{error}");
        let found = load(&direct, KEY).unwrap();
        assert_eq!(found, record(KEY, &[("count", count)]));
    }
    between.set(Cut::Never);
    store.update(KEY, &mut one_more).unwrap();
    let found = load(&direct, KEY);
    assert_eq!(found, Some(record(KEY, &[("count", "2")])));
}

#[test]
fn a_server_that_does_not_answer_is_an_error() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = closed.local_addr().unwrap();
    drop(closed);
    let folder = Folder::new("sessions-no-redis");
    let nobody =
        format!("redis+unix://{}", folder.path("no").display());
    let urls = [
        format!("redis://user:secret@{}", silent.local_addr().unwrap()),
        format!("redis://user:secret@{gone}"),
        nobody,
    ];
    for url in urls {
        let store = RedisStore::open(&url).unwrap();
        let begun = Instant::now();
        let error = store.load(KEY).unwrap_err().to_string();
        assert!(begun.elapsed() < PATIENCE, "{error}");
        assert!(error.starts_with("Redis, "), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
    for url in
        ["", "redis", "http://localhost", "redis://[", "rediss://a"]
    {
        let store = RedisStore::open(url);
        assert!(store.is_err(), "{url:?}");
    }
}

#[test]
fn a_url_that_is_none_is_not_shown_with_its_password() {
    let error =
        RedisStore::open("redis://user:secret@:x/y").unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(
        format!(
            "{:?}",
            RedisStore::open("redis://u:secret@h").unwrap()
        ),
        "RedisStore { .. }"
    );
}

/// What is full refuses, and says so.
#[test]
fn a_server_that_is_full_is_an_error_and_changes_nothing() {
    let Some((server, _folder)) = own("sessions-full") else { return };
    let store = RedisStore::open(&server.database(0)).unwrap();
    put(&store, &record(KEY, &[("user", "Ada")]));
    let mut full = cmd("CONFIG");
    full.arg("SET").arg("maxmemory").arg("1");
    full.exec(&mut connection(&server.database(0))).unwrap();
    for key in [KEY, FAR] {
        let change = &mut |_| Ok(Some(record(key, &[("a", "b")])));
        let error = store.update(KEY, change).unwrap_err();
        assert!(error.to_string().contains(KEY), "{error}");
    }
    let ada = record(KEY, &[("user", "Ada")]);
    assert_eq!(load(&store, KEY), Some(ada.clone()));
    assert_eq!(load(&store, FAR), None);
    // Nor is it said that somebody is logged out who is not.
    store.update(KEY, &mut |_| Ok(None)).unwrap_err();
    assert_eq!(load(&store, KEY), Some(ada));
}

#[test]
fn a_server_that_stops_answering_is_an_error() {
    let Some((server, _folder)) = own("sessions-pause") else { return };
    let store = RedisStore::open(&server.database(0)).unwrap();
    put(&store, &record(KEY, &[]));
    let mut pause = cmd("CLIENT");
    pause.arg("PAUSE").arg(60_000);
    pause.exec(&mut connection(&server.database(0))).unwrap();
    let begun = Instant::now();
    let error = store.load(KEY).unwrap_err().to_string();
    assert!(begun.elapsed() < PATIENCE, "{error}");
    assert!(error.contains(KEY), "{error}");
}

/// It is an error, and no panic, where MULTI is not allowed.
#[test]
fn a_server_that_does_not_let_us_is_an_error() {
    let Some((server, _folder)) = own("sessions-acl") else { return };
    let store = RedisStore::open(&server.database(0)).unwrap();
    put(&store, &record(KEY, &[("user", "Ada")]));
    for command in ["get", "watch", "multi", "set", "exec"] {
        let mut rule = cmd("ACL");
        rule.arg(&["SETUSER", "default", "+@all"]);
        let mut connection = connection(&server.database(0));
        rule.arg(format!("-{command}")).exec(&mut connection).unwrap();
        let update = store.update(KEY, &mut |_| Ok(None));
        let allowed = command == "set";
        assert_eq!(update.is_ok(), allowed, "{command}: {update:?}");
        let error =
            store.update(FAR, &mut |_| Ok(Some(record(FAR, &[]))));
        let error = error.unwrap_err().to_string();
        assert!(error.contains(FAR), "{command}: {error}");
    }
}
