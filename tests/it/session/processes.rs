//! Many processes in one session: under CGI each request has its own,
//! and some of them are killed.
#![cfg(unix)]

use super::Visitor;
use super::places::{Place, places};
use super::races::{CHANGES, CLIENTS, all_names, found, name};
use crate::core::anything::Chance;
use crate::support::example;
use gateway::cgi::Script;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use std::{env, thread};

/// How many are at work at once.
const PROCESSES: usize = 8;

/// Makes all the changes, each client its own, by eight hands.
fn all_changes(make: impl Fn(usize, usize) + Sync) {
    let changes = (0..CHANGES)
        .flat_map(|n| (0..CLIENTS).map(move |client| (client, n)));
    let changes = Mutex::new(changes);
    let next = || changes.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..PROCESSES {
            scope.spawn(|| {
                while let Some((client, n)) = next() {
                    make(client, n);
                }
            });
        }
    });
}

fn script(place: &Place) -> Script {
    Script::new(example("session_cgi"))
        .variable("SESSIONS", &place.text)
}

#[test]
fn a_thousand_processes_change_a_session_and_none_in_vain() {
    for place in places() {
        let script = script(&place);
        let mut visitor = Visitor::default();
        visitor.get(&script, "/change/begun");
        all_changes(|client, n| {
            let path = format!("/change/{}", name(client, n));
            let answer = visitor.clone().get(&script, &path);
            assert_eq!(answer.text(), "done\n", "{answer:?}");
            assert_eq!(answer.log, "");
        });
        let (count, names) = found(&place.open(), &mut visitor);
        assert!(names.into_iter().eq(BTreeSet::from_iter(all_names())));
        assert_eq!(count, CLIENTS * CHANGES + 1, "{}", place.name);
    }
}

/// A process that is at work on a change; killed, if it is not waited
/// for.
struct Request(Child);

impl Request {
    fn start(place: &Place, visitor: &Visitor, path: &str) -> Self {
        let mut command = Command::new(example("session_cgi"));
        command
            .env_clear()
            .env("SESSIONS", &place.text)
            .env("GATEWAY_INTERFACE", "CGI/1.1")
            .env("SERVER_PROTOCOL", "HTTP/1.1")
            .env("SERVER_NAME", "localhost")
            .env("SERVER_PORT", "80")
            .env("REQUEST_METHOD", "GET")
            .env("PATH_INFO", path)
            .env("HTTP_COOKIE", visitor.cookie.as_ref().unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Waits for its end. Was it answered?
    fn end(mut self) -> bool {
        let mut answer = String::new();
        let mut stdout = self.0.stdout.take().unwrap();
        stdout.read_to_string(&mut answer).unwrap();
        let status = self.0.wait().unwrap();
        let is_whole = answer.starts_with("Status: 200 OK\r\n")
            && answer.ends_with("\r\n\r\ndone\n");
        assert!(is_whole || !status.success(), "{answer:?}");
        is_whole
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn who_dies_with_the_store_in_hand_lets_it_go() {
    for place in places() {
        let script = script(&place);
        let mut visitor = Visitor::default();
        visitor.get(&script, "/change/begun");
        let mut request = Request::start(&place, &visitor, "/hold");
        let mut log = BufReader::new(request.0.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        assert_eq!(line, "held\n", "{}", place.name);
        request.0.kill().unwrap();
        assert!(!request.end(), "{}", place.name);
        let answer = visitor.get(&script, "/change/0.0");
        assert_eq!(answer.text(), "done\n", "{answer:?}");
        let (count, _) = found(&place.open(), &mut visitor);
        assert_eq!(count, 2, "{}", place.name);
    }
}

#[test]
fn what_was_answered_is_kept_whoever_is_killed() {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = env::var("SESSION_SEED").ok();
    let seed = seed
        .map_or(now.as_micros() as u64, |seed| seed.parse().unwrap());
    println!("SESSION_SEED={seed}");
    for place in places() {
        killed(&place, seed);
    }
}

fn killed(place: &Place, seed: u64) {
    let mut visitor = Visitor::default();
    visitor.get(&script(place), "/change/begun");
    let chance = Mutex::new(Chance::new(seed));
    let answered = Mutex::new(BTreeSet::new());
    let unanswered = AtomicUsize::new(0);
    let killed = AtomicUsize::new(0);
    // How long one takes, in nanoseconds.
    let takes = AtomicU64::new(1_000_000);
    all_changes(|client, n| {
        let name = name(client, n);
        let path = format!("/change/{name}");
        let start = Instant::now();
        let mut request = Request::start(place, &visitor, &path);
        let random = {
            let chance = chance.lock().unwrap();
            let is_chosen = chance.once_in(10);
            is_chosen.then(|| chance.next())
        };
        if let Some(random) = random {
            let end = takes.load(Ordering::Relaxed);
            let moment = Duration::from_nanos(random % end);
            thread::sleep(moment.saturating_sub(start.elapsed()));
            request.0.kill().unwrap();
            killed.fetch_add(1, Ordering::Relaxed);
        }
        if request.end() {
            answered.lock().unwrap().insert(name);
        } else {
            assert!(random.is_some(), "{name} was not killed");
            unanswered.fetch_add(1, Ordering::Relaxed);
        }
        if random.is_none() {
            let nanos = start.elapsed().as_nanos() as u64;
            takes.store(nanos, Ordering::Relaxed);
        }
    });
    let answered = answered.into_inner().unwrap();
    let unanswered = unanswered.into_inner();
    let (count, names) = found(&place.open(), &mut visitor);
    println!(
        "{}: {} were killed, {unanswered} before their answer, \
         {} of them after their change",
        place.name,
        killed.into_inner(),
        names.len() - answered.len(),
    );
    assert!(unanswered > 0, "{}: nobody was", place.name);
    let lost: Vec<_> = answered.difference(&names).collect();
    assert!(lost.is_empty(), "{}: {lost:?}", place.name);
    // Each change sets a name and counts: both, or neither.
    assert_eq!(count, names.len() + 1, "{}", place.name);

    // And the session is as good as ever.
    let script = script(place);
    let old = visitor.clone();
    for path in ["/change/0.0", "/renew", "/change/0.0"] {
        let answer = visitor.get(&script, path);
        assert_eq!(answer.text(), "done\n", "{answer:?}");
    }
    let (after, _) = found(&place.open(), &mut visitor);
    assert_eq!(after, count + 2, "{}", place.name);
    assert_ne!(visitor.cookie, old.cookie);
    visitor.get(&script, "/end");
    assert_eq!(visitor.cookie, None);
}
