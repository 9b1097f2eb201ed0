//! `timing`: what it says, when, and of whom.

use crate::support::Log;
use gateway::exchange::{self, Protocol};
use gateway::middleware::{request_id, timing};
use gateway::testing::{self, ask, get};
use gateway::{
    Application, Block, Body, ErrorLog, Failure, Result, app,
};
use std::io::{self, Write};
use std::time::Duration;
use std::{iter, thread};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Milliseconds until the head, if there is one, and until the end;
/// and what follows in the line.
#[track_caller]
fn read(line: &str) -> (Option<f64>, f64, &str) {
    let what = || format!("{line:?} is no line of timing's");
    let (_, times) =
        line.split_once(": ").unwrap_or_else(|| panic!("{}", what()));
    let mut parts = times.splitn(3, ", ");
    let mut time = |before: &str| {
        let part = parts.next().unwrap_or_else(|| panic!("{}", what()));
        let time = part.strip_prefix(before)?.strip_suffix(" ms")?;
        time.parse().ok()
    };
    let (head, end) = (time("head after "), time("end after "));
    let end = end.unwrap_or_else(|| panic!("{}", what()));
    (head, end, parts.next().unwrap_or_default())
}

fn blocks(make: impl Fn() -> Body) -> impl Application {
    app(move |_, start_response| {
        Ok(start_response("200 OK", &TEXT)?.body(make()))
    })
}

#[test]
fn blocks_and_bytes_are_counted_written_and_returned_but_no_empty_ones()
{
    let app = timing(app(|_, start_response| {
        let mut started = start_response("200 OK", &TEXT)?;
        write!(started, "Hello ")?;
        Ok(started.body(["", "World", "", "!"]))
    }));
    for _ in 0..2 {
        let answer = get(&app, "/");
        assert_eq!(answer.text(), "Hello World!");
        let (head, end, rest) = read(&answer.log);
        assert!(head.unwrap() <= end);
        assert_eq!(rest, "3 blocks, 12 bytes\n");
        assert!(answer.log.starts_with("GET /: "));
    }
}

#[test]
fn the_header_says_the_time_until_the_head() {
    let answer = get(&timing(blocks(|| "Hello".into())), "/");
    let value = answer.headers.get("Server-Timing").unwrap();
    let value = value.strip_prefix("head;dur=").unwrap();
    assert_eq!(value.parse::<f64>().ok(), read(&answer.log).0);
    assert_eq!(answer.headers.get("Content-Length"), Some("5"));
}

#[test]
fn the_time_is_measured_until_the_last_block_and_not_until_call_returns()
 {
    const PAUSE: u64 = 20;
    let slowly = || {
        Body::blocks((0..3).map(|_| {
            thread::sleep(Duration::from_millis(PAUSE));
            Ok(Block::from(&b"x"[..]))
        }))
    };
    let (head, end, _) = read(&get(&timing(blocks(slowly)), "/").log);
    // Before the first block there is no head.
    assert!(head.unwrap() >= PAUSE as f64);
    assert!(end >= head.unwrap() + 2.0 * PAUSE as f64);
}

#[test]
fn an_error_in_the_body_after_it_has_returned_is_measured_too() {
    for panics in [false, true] {
        let half = move || {
            let blocks = (0..9).map(move |n| match n {
                0..2 => Ok(Block::from(&b"half"[..])),
                _ if panics => panic!("no ink"),
                _ => Err("no ink".into()),
            });
            Body::blocks(blocks)
        };
        let answer = get(&timing(blocks(half)), "/");
        assert!(answer.is_cut);
        let lines: Vec<_> = answer.log.lines().collect();
        assert!(lines[0].ends_with("no ink"));
        assert_eq!(read(lines[1]).2, "2 blocks, 8 bytes");
        assert_eq!(lines.len(), 2);
    }
}

/// Takes so many writes, and breaks.
struct Leaves(usize);

impl Write for Leaves {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn it_is_said_when_the_client_leaves_amid_the_body() {
    let endless =
        || Body::blocks(iter::repeat_with(|| Ok(b"block".into())));
    let log = Log::default();
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(log.clone());
    let app = timing(blocks(endless));
    let protocol = Protocol::Http { minor: 1, keep_alive: true };
    exchange::run(&app, &mut environ, protocol, &mut Leaves(3));
    assert_eq!(read(&log.text()).2, "4 blocks, 20 bytes\n");
}

#[test]
fn without_a_head_it_says_so_once() {
    let refused = app(|_, start_response| {
        let started = start_response("200 OK\r\n", &[])?;
        Ok(started.body(""))
    });
    let dropped = app(|_, start_response| {
        let _started = start_response("200 OK", &TEXT)?;
        Err(Failure::bad_request("no").into())
    });
    let fails: [Box<dyn Application>; 5] = [
        Box::new(app(|_, _| Err("no ink".into()))),
        Box::new(app(|_, _| panic!("no ink"))),
        Box::new(refused),
        Box::new(dropped),
        Box::new(blocks(|| {
            let blocks = iter::once_with(|| Err("no ink".into()));
            Body::blocks(blocks)
        })),
    ];
    for fails in fails {
        let log = get(&timing(fails), "/").log;
        let ours = log.lines().filter(|line| line.contains(" ms"));
        let ours: Vec<_> = ours.collect();
        assert_eq!(ours.len(), 1, "{log}");
        assert!(ours[0].starts_with("GET /: no head, end after "));
        assert_eq!(read(ours[0]).2, "0 blocks, 0 bytes");
    }
}

#[test]
fn an_answer_without_a_body_has_no_blocks() {
    for (method, status) in [
        ("HEAD", "200 OK"),
        ("GET", "304 Not Modified"),
        ("GET", "204 No Content"),
    ] {
        let app = timing(app(move |_, start_response| {
            Ok(start_response(status, &[])?.body("Hello"))
        }));
        let answer = ask(&app, testing::environ(method, "/"));
        let mut lines = answer.log.lines();
        let line = lines.find(|line| line.contains(" ms")).unwrap();
        let (head, _, rest) = read(line);
        assert!(head.is_some(), "{line}");
        assert_eq!(rest, "0 blocks, 0 bytes");
    }
}

#[test]
fn in_a_request_with_an_id_its_line_has_the_id_if_it_is_inside() {
    let hello = || blocks(|| "Hello".into());
    let inside = get(&request_id(timing(hello())), "/");
    let id = inside.headers.get("X-Request-Id").unwrap();
    assert!(inside.log.starts_with(&format!("[{id}] GET /: ")));
    let outside = get(&timing(request_id(hello())), "/");
    assert!(outside.log.starts_with("GET /: "));
}

#[test]
fn a_strange_path_stays_on_its_line() {
    let hello = timing(blocks(|| "Hello".into()));
    let answer = get(&hello, "/a%0Ab%1B");
    assert!(answer.log.starts_with("GET /a\\nb\\u{1b}: head after "));
    assert_eq!(answer.log.lines().count(), 1, "{}", answer.log);
}

#[test]
fn it_can_be_called_from_several_threads() -> Result<()> {
    fn shared(_: &(impl Application + Send + Sync)) {}
    let hello =
        |_: &mut gateway::Environ,
         start_response: gateway::StartResponse<'_>| {
            Ok(start_response("200 OK", &TEXT)?.body("Hello"))
        };
    shared(&timing(hello));
    Ok(())
}
