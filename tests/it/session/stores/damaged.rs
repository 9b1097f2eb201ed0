//! What is in a store, and is not the record of a session.

#[cfg(feature = "redis")]
use super::redis;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{KEY, OTHER, files, load, put, record};
use crate::session::places::{Place, places};
use crate::session::{Visitor, session_cgi};

/// Puts bytes where the record of a session is.
fn damage(place: &Place, key: &str, bytes: &[u8]) {
    match place.name {
        "files" => files::damage(place, key, bytes),
        #[cfg(feature = "sqlite")]
        "sqlite" => sqlite::damage(place, key, bytes),
        #[cfg(feature = "redis")]
        "redis" => redis::damage(place, key, bytes),
        other => panic!("{other} has no damage"),
    }
}

#[test]
fn what_is_damaged_is_an_error_that_names_it() {
    let whole = record(KEY, &[("user", "Ada & Co"), ("b", "c")]);
    let text = whole.to_text();
    let mut damaged: Vec<_> =
        (0..text.len()).map(|end| text[..end].to_string()).collect();
    let others =
        ["a b c\n", "-1 5 \n", "1  \n", "99999999999999999999 1 \n"];
    damaged.extend(others.map(String::from));
    let not_text = b"4000000000 4000000000 \xff\xfe=1\n";
    let damaged = damaged.iter().map(|text| text.as_bytes());
    let damaged: Vec<_> = damaged.chain([&not_text[..]]).collect();
    for place in places() {
        let store = place.open();
        put(&*store, &whole);
        for bytes in &damaged {
            damage(&place, KEY, bytes);
            let case = format!("{}: {:?}", place.name, bytes);
            let error = store.load(KEY).expect_err(&case).to_string();
            assert!(error.contains(KEY), "{case}: {error}");
            // It is not taken for nothing, and stays for whoever
            // wants to look at it.
            let update = store.update(KEY, &mut |_| panic!("{case}"));
            let error = update.expect_err(&case).to_string();
            assert!(error.contains(KEY), "{case}: {error}");
        }
        // The others are none the worse, and it can be mended.
        put(&*store, &record(OTHER, &[]));
        damage(&place, KEY, text.as_bytes());
        assert_eq!(load(&*store, KEY), Some(whole.clone()));
    }
}

#[test]
fn a_visitor_whose_session_is_damaged_has_none() {
    for place in places() {
        let site = session_cgi::application(place.open());
        let mut ada = Visitor::default();
        let answer = ada.get(&site, "/change/a");
        assert_eq!(answer.status, "200 OK", "{answer:?}");
        let key = only_key(&place);
        damage(&place, &key, b"torn");
        let answer = ada.get(&site, "/change/b");
        assert_eq!(answer.status, "500 Internal Server Error");
        assert_eq!(answer.headers.get("Set-Cookie"), None);
        assert!(answer.log.contains(&key), "{answer:?}");
        // Nothing of it is shown.
        assert!(!answer.text().contains(&key), "{answer:?}");
    }
}

/// The key of the only session that is there.
fn only_key(place: &Place) -> String {
    let keys = match place.name {
        "files" => files::keys(place),
        #[cfg(feature = "sqlite")]
        "sqlite" => sqlite::keys(place),
        #[cfg(feature = "redis")]
        "redis" => redis::keys(place),
        other => panic!("{other} has no keys"),
    };
    let [key] = &keys[..] else { panic!("{keys:?}") };
    key.clone()
}
