//! Slow clients of `gateway::http` and `gateway::fastcgi`: those that
//! get on are served, those that do not are cut, and they cost nobody
//! else anything.
#![cfg(unix)]

#[path = "../bound/mod.rs"]
mod bound;
mod record;
mod site;
#[path = "../it/support/mod.rs"]
mod support;

use gateway::http::Limits;
use site::{LONG, Site, Stream, Way, byte};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};
use support::wait_until;

const WAYS: [Way; 3] = [Way::Direct, Way::Proxied, Way::FastCgi];

/// Checks all ways at once.
fn each_way(
    wait: Duration,
    threads: usize,
    check: impl Fn(&Site) + Sync,
) {
    let on = |way| {
        let limits = Limits { wait, ..Limits::default() };
        Site::start(way, limits, threads).as_ref().map(&check);
    };
    let on = &on;
    thread::scope(|scope| {
        let all = WAYS.map(|way| (way, scope.spawn(move || on(way))));
        for (way, thread) in all {
            assert!(thread.join().is_ok(), "{way:?}, see above");
        }
    });
}

/// A request without a body.
fn get(path: &str) -> Vec<u8> {
    let rest = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    format!("GET {path} {rest}").into_bytes()
}

/// A request's head, for a body of this length.
fn post(path: &str, length: usize) -> Vec<u8> {
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    text.into_bytes()
}

/// Reads an answer's head; the first line of it.
fn status(stream: &mut dyn Stream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend(byte);
    }
    let head = String::from_utf8(head).expect("text");
    head.lines().next().expect("a line").into()
}

/// An answer's status line and its body.
fn answer(mut stream: Box<dyn Stream>) -> (String, String) {
    let (status, mut body) = (status(&mut *stream), String::new());
    stream.read_to_string(&mut body).expect("a body");
    (status, body)
}

/// How often a slow client does something.
const STEP: Duration = Duration::from_millis(50);

/// Calls it so often that a client gets on by `pace` bytes a second.
fn paced(length: usize, pace: usize, mut step: impl FnMut(usize)) {
    let start = Instant::now();
    let piece = pace / 20;
    for (number, done) in (0..length).step_by(piece).enumerate() {
        let due = STEP * number as u32;
        thread::sleep(due.saturating_sub(start.elapsed()));
        step(piece.min(length - done));
    }
}

/// Reads a large answer at a pace, and looks at each byte.
fn download(stream: &mut dyn Stream, length: usize, pace: usize) {
    assert!(status(stream).contains(" 200 "));
    let mut place = 0;
    paced(length, pace, |piece| {
        let mut bytes = vec![0; piece];
        if let Err(error) = stream.read_exact(&mut bytes) {
            panic!("{pace} a second, behind {place} bytes: {error}");
        }
        let expected = (place..).take(piece).map(byte);
        assert!(bytes.iter().copied().eq(expected), "behind {place}");
        place += piece;
    });
    let mut more = Vec::new();
    stream.read_to_end(&mut more).expect("an end");
    assert!(more.is_empty(), "{} bytes too many", more.len());
}

/// Each takes some six seconds, three times the limit.
const PACES: [usize; 3] = [100_000, 250_000, 500_000];

const WAIT: Duration = Duration::from_secs(2);

#[test]
fn downloads_of_any_pace_arrive_whole() {
    each_way(WAIT, 2, |site| {
        thread::scope(|scope| {
            for pace in PACES {
                let bytes = get(&format!("/{}", pace * 6));
                let mut stream = site.send(&bytes);
                scope.spawn(move || {
                    download(&mut *stream, pace * 6, pace);
                });
            }
        });
        assert!(!site.log.text().contains("takes"));
    });
}

#[test]
fn downloads_that_nginx_slows_down_arrive_whole() {
    each_way(WAIT, 2, |site| {
        if site.way == Way::Direct {
            return;
        }
        thread::scope(|scope| {
            for pace in PACES {
                let path = format!("/{}?rate={pace}", pace * 6);
                let mut stream = site.send(&get(&path));
                scope.spawn(move || {
                    let start = Instant::now();
                    download(&mut *stream, pace * 6, pace * 10);
                    let seconds = start.elapsed().as_secs();
                    assert!(seconds >= 4, "only {seconds} s");
                });
            }
        });
    });
}

/// A limit that a test waits for, and what a busy machine may add to
/// the second in which it is kept.
const SHORT: Duration = Duration::from_secs(1);
const BUSY: Duration = Duration::from_secs(1);

fn in_time(start: Instant) {
    let time = start.elapsed();
    assert!(time >= SHORT, "cut after {time:?} already");
    let bar = SHORT + Duration::from_secs(1) + BUSY;
    assert!(time < bar, "cut after {time:?}");
}

#[test]
fn who_takes_nothing_is_cut_and_the_logs_tell() {
    let length = 20_000_000;
    let path = format!("/{length}");
    let limits = Limits { wait: SHORT, ..Limits::default() };
    for (way, request) in
        [(Way::Direct, get(&path)), (Way::FastCgi, record::get(&path))]
    {
        let site = Site::start(way, limits.clone(), 1);
        let Some(site) = site else { return };
        let start = Instant::now();
        let mut stream = site.send_on_a_thin_line(&request);
        let told = |word| site.log.text().contains(word);
        wait_until("the error log tells of it", || {
            told("the client takes nothing")
        });
        in_time(start);
        let request = format!("\"GET {path} HTTP/1.1\" 200 ");
        wait_until("the access log tells of it", || told(&request));
        let log = site.log.text();
        let (_, rest) = log.split_once(&request).expect("a line");
        let line = rest.lines().next().expect("an end");
        let sent: usize = line.parse().expect("a number of bytes");
        assert!(sent < length, "{sent} bytes sent: {log}");
        // And the client can tell, too.
        let mut taken = Vec::new();
        let end = stream.read_to_end(&mut taken);
        assert!(taken.len() < length, "{end:?}");
    }
}

#[test]
fn who_stops_behind_a_little_is_cut_as_soon() {
    let path = "/200000000";
    for (way, request) in
        [(Way::Direct, get(path)), (Way::FastCgi, record::get(path))]
    {
        for taken in [1, 1000, 10_000] {
            // What a busy system takes for the client only after we had
            // to wait earns time, as if the client had read it. That is
            // a matter of luck, three times of no luck are ours.
            let is_cut = |_| {
                is_cut_after(way, &request, taken)
                    .is_none_or(|is_cut| is_cut)
            };
            let is_cut = (0..3).any(is_cut);
            assert!(is_cut, "{way:?}, {taken} bytes: it is not cut");
        }
    }
}

/// Whether a client that takes so many bytes and no more is cut in
/// time; `None` if there is no such site here.
fn is_cut_after(
    way: Way,
    request: &[u8],
    taken: usize,
) -> Option<bool> {
    let limits = Limits { wait: SHORT, ..Limits::default() };
    let site = Site::start(way, limits, 1)?;
    let mut stream = site.send_plainly(request);
    let mut some = vec![0; taken];
    stream.read_exact(&mut some).expect("some of it");
    let bar = Instant::now() + SHORT * 2 + BUSY;
    let told = || site.log.text().contains("the client takes nothing");
    while !told() && Instant::now() < bar {
        thread::sleep(Duration::from_millis(20));
    }
    Some(told())
}

#[test]
fn who_takes_a_little_is_not_cut() {
    let limits = Limits { wait: WAIT, ..Limits::default() };
    let site = Site::start(Way::Direct, limits, 1).expect("starts");
    let length = 3_000_000;
    let mut stream = site.send_on_a_thin_line(&get("/3000000"));
    assert!(status(&mut stream).contains(" 200 "));
    let mut place = 0;
    let mut take = |stream: &mut TcpStream, piece: usize| {
        let mut bytes = vec![0; piece];
        stream.read_exact(&mut bytes).expect("goes on");
        let expected = (place..).take(piece).map(byte);
        assert!(bytes.iter().copied().eq(expected), "behind {place}");
        place += piece;
    };
    // Of such a line the server's system tells in steps of 6 kB.
    paced(30_000, 5000, |piece| take(&mut stream, piece));
    take(&mut stream, length - 30_000);
}

#[test]
fn a_body_that_trickles_arrives() {
    each_way(SHORT, 1, |site| {
        let length = 5 * 1100;
        let mut stream = site.send(&post("/", length));
        paced(length, 1100, |piece| {
            stream.write_all(&vec![b'x'; piece]).expect("is sent");
        });
        let (status, body) = answer(stream);
        assert!(status.contains(" 200 "), "{status}");
        assert_eq!(body, length.to_string());
    });
}

#[test]
fn a_body_that_stops_is_a_408() {
    each_way(SHORT, 1, |site| {
        let start = Instant::now();
        let mut stream = site.send(&post("/", 1000));
        stream.write_all(b"xxx").expect("is sent");
        assert!(status(&mut *stream).contains(" 408 "));
        in_time(start);
    });
}

/// More than a hello takes on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(1);

fn all_others_are_served(site: &Site) {
    for _ in 0..20 {
        let start = Instant::now();
        let (status, body) = answer(site.send(&get("/hello")));
        assert!(status.contains(" 200 "), "{status}");
        assert_eq!(body, "hello");
        let time = start.elapsed();
        assert!(time < AT_ONCE, "waited for {time:?}");
    }
}

#[test]
fn slow_clients_cost_nobody_else_anything() {
    each_way(LONG, 2, |site| {
        let mut slow = Vec::new();
        for _ in 0..20 {
            slow.push(site.send(&post("/", 1000)));
            slow.push(site.send(&get("/20000000")));
        }
        wait_until("all slow clients are served", || {
            site.begun() == slow.len()
        });
        all_others_are_served(site);
        // None of them was thrown out for that.
        for (number, stream) in slow.iter_mut().enumerate() {
            if number % 2 == 0 {
                stream.write_all(&[b'x'; 1000]).expect("is sent");
            }
            assert!(status(&mut **stream).contains(" 200 "));
        }
    });
}

#[test]
fn nor_do_half_bodies_that_nobody_wants() {
    each_way(LONG, 2, |site| {
        let half = [post("/no", 1000), b"xxx".into()].concat();
        let mut all: Vec<_> =
            (0..16).map(|_| site.send(&half)).collect();
        for stream in &mut all {
            assert!(status(&mut **stream).contains(" 405 "));
        }
        all_others_are_served(site);
    });
}
