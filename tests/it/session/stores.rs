//! What each store must do, a new one as well as the library's, and
//! what only some do.

mod damaged;
mod files;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::places::places;
use super::stores;
use gateway::Failure;
use gateway::middleware::session::{Record, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// What an empty store is tried with.
type Case = fn(&dyn Store);

const CASES: [(&str, Case); 12] = [
    ("nothing is under a key at first", nothing_at_first),
    ("what is put is there", what_is_put_is_there),
    ("a change gets what is there", a_change_gets_what_is_there),
    ("a record takes another key", another_key),
    ("a record is removed", removed),
    ("a change that fails changes nothing", a_change_that_fails),
    ("a change that panics changes nothing", a_change_that_panics),
    ("any text is kept", any_text),
    ("any time is kept", any_time),
    ("what is over is there, or not", what_is_over),
    ("many are kept apart", many),
    ("no count is lost", no_count_is_lost),
];

#[test]
fn each_store_does_all_of_this() {
    for (case, check) in CASES {
        for (name, store) in stores() {
            println!("{name}: {case}"); // the last one is what fails
            check(&*store);
        }
    }
}

/// Keys whose first digits are the same, and that differ from others.
const KEY: &str = "00112233445566778899aabbccddeeff";
const OTHER: &str = "00112233445566778899aabbccddee00";
const FAR: &str = "ffeeddccbbaa99887766554433221100";

/// A time that this test does not live to see.
const LATER: u64 = 4_000_000_000;

fn record(key: &str, values: &[(&str, &str)]) -> Record {
    let owned = |(n, v): &(&str, &str)| (n.to_string(), v.to_string());
    let values = values.iter().map(owned).collect();
    Record { key: key.into(), expires: LATER, ends: LATER + 1, values }
}

/// Puts a record, whatever was there.
fn put(store: &dyn Store, record: &Record) {
    let put =
        store.update(&record.key, &mut |_| Ok(Some(record.clone())));
    put.unwrap();
}

fn load(store: &dyn Store, key: &str) -> Option<Record> {
    store.load(key).unwrap()
}

fn nothing_at_first(store: &dyn Store) {
    assert_eq!(load(store, KEY), None);
    let mut seen = Vec::new();
    let update = store.update(KEY, &mut |before| {
        seen.push(before);
        Ok(None)
    });
    update.unwrap();
    assert_eq!(seen, [None]);
    assert_eq!(load(store, KEY), None);
}

fn what_is_put_is_there(store: &dyn Store) {
    let ada = record(KEY, &[("user", "Ada"), ("theme", "navy")]);
    put(store, &ada);
    assert_eq!(load(store, KEY), Some(ada));
    assert_eq!(load(store, OTHER), None);
    let empty = record(KEY, &[]);
    put(store, &empty);
    assert_eq!(load(store, KEY), Some(empty));
}

fn a_change_gets_what_is_there(store: &dyn Store) {
    let ada = record(KEY, &[("user", "Ada")]);
    put(store, &ada);
    let mut seen = Vec::new();
    let update = store.update(KEY, &mut |before| {
        seen.push(before.clone());
        Ok(before)
    });
    update.unwrap();
    assert_eq!(seen, [Some(ada.clone())]);
    assert_eq!(load(store, KEY), Some(ada));
}

fn another_key(store: &dyn Store) {
    put(store, &record(KEY, &[("user", "Ada")]));
    for (from, to) in [(KEY, OTHER), (OTHER, FAR)] {
        let renewed = record(to, &[("user", "Ada"), ("is", "new")]);
        let update = store.update(from, &mut |before| {
            assert_eq!(before.unwrap().key, from);
            Ok(Some(renewed.clone()))
        });
        update.unwrap();
        assert_eq!(load(store, from), None);
        assert_eq!(load(store, to), Some(renewed));
    }
    // What is gone does not come back with a change to it.
    let mut seen = Vec::new();
    let update = store.update(KEY, &mut |before| {
        seen.push(before);
        Ok(None)
    });
    update.unwrap();
    assert_eq!(seen, [None]);
}

fn removed(store: &dyn Store) {
    let kept = record(OTHER, &[("user", "Ferris")]);
    put(store, &kept);
    put(store, &record(KEY, &[("user", "Ada")]));
    store.update(KEY, &mut |_| Ok(None)).unwrap();
    assert_eq!(load(store, KEY), None);
    assert_eq!(load(store, OTHER), Some(kept));
}

fn a_change_that_fails(store: &dyn Store) {
    let fail = |key| {
        let error = store.update(key, &mut |_| {
            Err(Failure::new("418 I'm a teapot", "no coffee").into())
        });
        // Its own error, which says what the client is told.
        let error = error.unwrap_err();
        let status = Failure::find(&error).map(|f| &*f.status);
        assert_eq!(status, Some("418 I'm a teapot"));
    };
    fail(KEY);
    assert_eq!(load(store, KEY), None);
    let ada = record(KEY, &[("user", "Ada")]);
    put(store, &ada);
    fail(KEY);
    assert_eq!(load(store, KEY), Some(ada.clone()));
    // And the store is as good as before.
    put(store, &record(OTHER, &[]));
    store.update(KEY, &mut |_| Ok(None)).unwrap();
    assert_eq!(load(store, KEY), None);
}

fn a_change_that_panics(store: &dyn Store) {
    let ada = record(KEY, &[("user", "Ada")]);
    put(store, &ada);
    let update = || store.update(KEY, &mut |_| panic!("no paper"));
    catch_unwind(AssertUnwindSafe(update)).unwrap_err();
    assert_eq!(load(store, KEY), Some(ada));
    put(store, &record(KEY, &[]));
    assert_eq!(load(store, KEY), Some(record(KEY, &[])));
}

fn any_text(store: &dyn Store) {
    let long = "0123456789abcdef".repeat(1024);
    let emoji = "👩‍💻🦀".repeat(300);
    let all: String = ('\0'..='\u{2ff}').collect();
    let texts = [
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "\r\n\r\n",
        "\u{2028}\u{85}",
        "a=b&c=d;e+f %00%zz",
        "'; DROP TABLE gateway_session; --",
        "\"\\",
        "\u{feff}",
        "\u{ffff}\u{10ffff}",
        &emoji,
        &long,
        &all,
    ];
    for text in texts {
        let record = record(KEY, &[(text, "value"), ("name", text)]);
        put(store, &record);
        assert_eq!(load(store, KEY), Some(record));
    }
}

fn any_time(store: &dyn Store) {
    let far = [LATER, u32::MAX.into(), 1 << 40, u64::MAX - 1, u64::MAX];
    for expires in far {
        for ends in [0, expires, u64::MAX] {
            let record = Record { expires, ends, ..record(KEY, &[]) };
            put(store, &record);
            assert_eq!(load(store, KEY), Some(record));
        }
    }
}

/// A store may forget it, and must not make anything else of it.
fn what_is_over(store: &dyn Store) {
    for expires in [0, 1, 1_000_000_000] {
        let over = Record { expires, ..record(KEY, &[("a", "b")]) };
        put(store, &over);
        let found = load(store, KEY);
        assert!(found.is_none_or(|found| found == over));
        // Another may have its place.
        put(store, &record(KEY, &[("user", "Ada")]));
        let ada = load(store, KEY).unwrap();
        assert_eq!(ada, record(KEY, &[("user", "Ada")]));
    }
}

fn many(store: &dyn Store) {
    let one = |n: u32| {
        let key = format!("{:08x}{:024x}", n.wrapping_mul(0x9e37), n);
        record(&key, &[("number", &n.to_string())])
    };
    for n in 0..300 {
        put(store, &one(n));
    }
    for n in (0..300).step_by(3) {
        store.update(&one(n).key, &mut |_| Ok(None)).unwrap();
    }
    for n in 0..300 {
        let kept = (n % 3 != 0).then(|| one(n));
        assert_eq!(load(store, &one(n).key), kept);
    }
}

fn no_count_is_lost(store: &dyn Store) {
    count(&[store, store, store, store], 50);
}

/// Each of these handles on one session counts, all at once.
fn count(handles: &[&dyn Store], rounds: usize) {
    put(handles[0], &record(KEY, &[("count", "0")]));
    thread::scope(|scope| {
        for store in handles {
            scope.spawn(move || {
                for _ in 0..rounds {
                    store.update(KEY, &mut one_more).unwrap();
                }
            });
        }
    });
    let found = load(handles[0], KEY).unwrap();
    let all = (handles.len() * rounds).to_string();
    assert_eq!(found, record(KEY, &[("count", &all)]));
}

fn one_more(record: Option<Record>) -> gateway::Result<Option<Record>> {
    let mut record = record.ok_or("it is gone")?;
    let count = record.values.get_mut("count").ok_or("no count")?;
    *count = (count.parse::<usize>()? + 1).to_string();
    Ok(Some(record))
}

#[test]
fn two_handles_have_the_same_sessions() {
    for place in places() {
        let (one, two) = (place.open(), place.open());
        let ada = record(KEY, &[("user", "Ada")]);
        put(&*one, &ada);
        assert_eq!(load(&*two, KEY), Some(ada), "{}", place.name);
        let renewed = record(FAR, &[]);
        let renew = &mut |_| Ok(Some(renewed.clone()));
        two.update(KEY, renew).unwrap();
        assert_eq!(load(&*one, KEY), None, "{}", place.name);
        assert_eq!(load(&*one, FAR), Some(renewed), "{}", place.name);
        count(&[&*one, &*two, &*one, &*two], 50);
    }
}

#[test]
fn eight_begin_at_once_where_nothing_is() {
    for place in (0..20).flat_map(|_| places()) {
        thread::scope(|scope| {
            for n in 0..8 {
                let key = format!("{n:032x}");
                let place = &place;
                scope.spawn(move || {
                    put(&*place.open(), &record(&key, &[]));
                });
            }
        });
        let store = place.open();
        for n in 0..8 {
            let key = format!("{n:032x}");
            assert!(load(&*store, &key).is_some(), "{key}");
        }
    }
}
