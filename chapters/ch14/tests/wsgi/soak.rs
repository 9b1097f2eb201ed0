//! Many requests of all kinds, and then: is anything left of them?
//!
//! REQUESTS says how many, a whole number of thousands. Without it
//! they are 25,000.

use crate::process::until;
use crate::site::{Site, command, folder};
use std::collections::BTreeMap;
use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;

const CODE: &str = include_str!("../python/soak.py");

const ANSWERED: [&str; 10] = [
    "whole",
    "stream",
    "read",
    "unread",
    "write",
    "file",
    "log",
    "replaced",
    "cycle",
    "close_fails",
];

const FAILING: [&str; 11] = [
    "fails",
    "iter_fails",
    "fails_first",
    "input_fails",
    "file_fails",
    "refused",
    "twice",
    "never",
    "no_bytes",
    "none",
    "exits",
];

/// Each of these is the last of its connection.
const CUT: [&str; 4] =
    ["fails_between", "fails_late", "text_late", "both_fail"];

type State = BTreeMap<String, i64>;

fn request(page: &str, last: bool) -> String {
    let end = if last { "Connection: close\r\n" } else { "" };
    // Through a proxy the debugger stays out of it.
    format!(
        "POST /{page} HTTP/1.1\r\nHost: localhost\r\n{end}\
         X-Forwarded-For: 192.0.2.1\r\nContent-Length: 11\r\n\r\n\
         one\ntwo\nend"
    )
}

/// Ten requests in a connection: half of them fail, and are counted if
/// their client stays to see it.
fn ten(site: &Site, turn: usize, failed: &Mutex<State>) {
    let at = |n: usize, kinds: &[&'static str]| {
        kinds[(turn * 5 + n) % kinds.len()]
    };
    let mut pages = Vec::new();
    for n in 0..4 {
        pages.extend([at(n, &ANSWERED), at(n, &FAILING)]);
    }
    pages.push(at(4, &ANSWERED));
    let mut requests: String =
        pages.iter().map(|page| request(page, false)).collect();
    let leaves = turn.is_multiple_of(5);
    let last = if leaves { "endless" } else { CUT[turn % CUT.len()] };
    requests += &request(last, true);
    let mut stream = site.connect();
    stream.write_all(requests.as_bytes()).unwrap();
    let mut answers = Vec::new();
    match leaves {
        true => stream.take(5000).read_to_end(&mut answers).unwrap(),
        false => stream.read_to_end(&mut answers).unwrap(),
    };
    let text = String::from_utf8_lossy(&answers);
    let count = |start: &str| text.matches(start).count();
    if leaves {
        assert!(count("HTTP/1.1 200") >= 1, "{text}");
        return;
    }
    assert_eq!(count("HTTP/1.1 "), 10, "{text}");
    assert_eq!(count("HTTP/1.1 500 "), 4, "{text}");
    assert!(!text.ends_with("0\r\n\r\n"), "not cut: {text}");
    let mut failed = failed.lock().unwrap();
    for page in pages.into_iter().skip(1).step_by(2).chain([last]) {
        *failed.entry(page.to_string()).or_default() += 1;
    }
}

fn state(site: &Site) -> State {
    let mut stream: TcpStream = site.connect();
    stream.write_all(request("state", true).as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (_, numbers) = text.split_once("\r\n\r\n").unwrap();
    let number = |line: &str| {
        let (name, number) = line.split_once(' ')?;
        Some((name.to_string(), number.parse().ok()?))
    };
    numbers.lines().filter_map(number).collect()
}

/// How often each of the pages has failed.
fn soak(site: &Site, requests: usize) -> State {
    let failed = Mutex::new(State::new());
    thread::scope(|scope| {
        for client in 0..4 {
            let failed = &failed;
            scope.spawn(move || {
                let turns = (client..requests / 10).step_by(4);
                turns.for_each(|turn| ten(site, turn, failed));
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn nothing_is_left_of_many_requests() {
    let requests = env::var("REQUESTS").ok();
    let requests = requests.map_or(Ok(25_000), |text| text.parse());
    let requests: usize = requests.expect("REQUESTS is a number");
    let folder = folder("soak", CODE);
    let arguments = ["soak", "--port", "0", "--threads", "4"];
    let mut command = command(&folder, &arguments);
    // The log would be long.
    let site = Site::logging(&mut command, folder, Stdio::null());
    // What is made once is made now.
    soak(&site, (requests / 10).max(2000));
    let before = state(&site);
    let failed = soak(&site, requests);
    let exceptions: i64 = failed.values().sum();
    // All but those of each fifth client, which leaves: 10,000.
    assert_eq!(exceptions, requests as i64 / 5 * 2, "{failed:?}");
    assert_eq!(failed.len(), FAILING.len() + CUT.len(), "{failed:?}");
    // A client that has left may be noticed a moment later.
    let mut after = State::new();
    let same = until(|| {
        after = state(&site);
        let differs = |(name, number): (&String, &i64)| {
            let allowed = match &**name {
                "memory" => 4096,
                // Python keeps some in store.
                "none" => 2000,
                "objects" => 50,
                _ => 0,
            };
            (after[name] - number).abs() > allowed
        };
        (!before.iter().any(differs)).then_some(())
    });
    println!("{requests} requests, {exceptions} exceptions");
    println!("{failed:?}\n{before:?}\n{after:?}");
    assert!(same.is_some(), "before: {before:?}\nafter: {after:?}");
}
