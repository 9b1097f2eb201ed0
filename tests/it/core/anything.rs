//! Applications that do anything, each through every protocol, and a
//! strict reader of what comes out: an answer is whole and right, or an
//! error page, or visibly cut. `ANYTHING` says how many, `ANYTHING_SEED`
//! the first.

use crate::support::Log;
use gateway::exchange::{self, End, Outcome, Protocol};
use gateway::{
    Block, Body, Environ, Error, ErrorLog, Failure, Key, Layer,
    Response, ResponseHead, Result, StartResponse,
};
use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read, Write};
use std::panic::{self, panic_any};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, fmt, process, thread};

/// Numbers that look random: splitmix64.
pub struct Chance(Cell<u64>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True once in so many times.
    pub fn once_in(&self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }

    pub fn of<T: Copy>(&self, all: &[T]) -> T {
        all[(self.next() % all.len() as u64) as usize]
    }
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a bomb");
    }
}

/// What is wrong with an error.
#[derive(Debug, Clone, Copy)]
enum Evil {
    Mute,
    Loud,
    OwnCause,
    Explosive,
}

#[derive(Debug)]
struct EvilError(Evil, #[allow(dead_code)] Option<DropQuietly>);

/// A bomb with `Debug`, for what must have it.
struct DropQuietly(#[allow(dead_code)] Bomb);

impl fmt::Debug for DropQuietly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bomb")
    }
}

impl EvilError {
    fn new(evil: Evil) -> Self {
        let bomb = matches!(evil, Evil::Explosive);
        Self(evil, bomb.then(|| DropQuietly(Bomb)))
    }
}

impl fmt::Display for EvilError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Evil::Mute => Err(fmt::Error),
            Evil::Loud => panic!("while it was shown"),
            _ => f.write_str("evil\r\n\x1b[2J\u{202e}\u{9b}text"),
        }
    }
}

impl std::error::Error for EvilError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        matches!(self.0, Evil::OwnCause).then_some(self as _)
    }
}

/// What really happened, told by the application and its layers.
#[derive(Debug, Default)]
struct Story {
    /// The head that was given last, whether right or wrong.
    status: String,
    length: Option<u64>,
    is_legal: bool,
    /// What went to the wire's side, from the outermost layer.
    delivered: Vec<u8>,
    /// How many bytes of it had gone out when the layers were asked for
    /// what they still had, which goes out as one block.
    ended_at: Option<usize>,
    /// Did all that there was come to its end?
    is_finished: bool,
    /// Did something fail before?
    failed: bool,
    /// How many bytes had been delivered by then.
    failed_at: usize,
    /// Was a block delivered that does not fit any more?
    layers_changed_head: bool,
}

type Told = Rc<RefCell<Story>>;

fn fail(told: &Told) {
    let mut story = told.borrow_mut();
    if !story.failed && !story.is_finished {
        story.failed = true;
        story.failed_at =
            story.ended_at.unwrap_or(story.delivered.len());
    }
}

const PAGE: &str = "a page of its own";

/// An error, or a panic, of any kind.
fn trouble(chance: &Chance, told: &Told) -> Error {
    fail(told);
    match chance.next() % 14 {
        0 => panic!("text"),
        1 => panic_any(Bomb),
        2 => panic_any(7_u8),
        3 => panic!("formatted {}\n\x1b", 7),
        4 => EvilError::new(Evil::Mute).into(),
        5 => EvilError::new(Evil::Loud).into(),
        6 => EvilError::new(Evil::OwnCause).into(),
        7 => EvilError::new(Evil::Explosive).into(),
        8 => Failure::bad_request("bad\rtext").into(),
        9 => Failure::new("503 Busy", "busy")
            .header("Retry-After", 3)
            .header("Content-Length", 99)
            .page("text/plain", PAGE)
            .caused_by(EvilError::new(chance.of(&[
                Evil::Mute,
                Evil::Loud,
                Evil::Explosive,
            ])))
            .into(),
        10 => Failure::new("99 Low", "no such status").into(),
        11 => Failure::new("404 Not Found", "x")
            .header("A", "b\r\nc")
            .into(),
        12 => io::Error::from(Failure::bad_request("inside")).into(),
        _ => "plain".into(),
    }
}

const TYPE: (&str, &str) = ("Content-Type", "text/plain");

/// Starts, or starts again, with a head that is right as a rule.
fn head(
    chance: &Chance,
    told: &Told,
    most: u64,
) -> (&'static str, Vec<(&'static str, String)>) {
    let status = match chance.next() % 16 {
        0 => "204 No Content",
        1 => "205 Reset Content",
        2 => "304 Not Modified",
        3 => "404 Nothing Here",
        4 => chance.of(&["200", "99 Low", "200 O\rK", "600 High", ""]),
        _ => "200 OK",
    };
    let mut headers = vec![(TYPE.0, TYPE.1.to_string())];
    let mut length = None;
    if chance.once_in(3) {
        let n = match chance.next() % 4 {
            0 => chance.next() % (most + 1),
            1 => most + 1 + chance.next() % 3,
            2 => u64::MAX,
            _ => most,
        };
        length = Some(n);
        headers.push(("Content-Length", n.to_string()));
    }
    if chance.once_in(2) {
        headers.push(("X-Own", "yes".into()));
    }
    let is_odd = chance.once_in(12);
    if is_odd {
        let (name, value) = chance.of(&[
            ("Connection", "close"),
            ("A b", "c"),
            ("A", "b\nc"),
            ("A", "\u{100}"),
            ("content-type", "again"),
            ("Content-Length", "five"),
            ("Transfer-Encoding", "chunked"),
        ]);
        headers.push((name, value.into()));
    }
    let is_empty = matches!(length, None | Some(0));
    let is_legal = match status {
        "204 No Content" => length.is_none(),
        "205 Reset Content" => is_empty,
        "304 Not Modified" | "404 Nothing Here" | "200 OK" => true,
        _ => false,
    };
    let mut story = told.borrow_mut();
    story.is_legal = is_legal && !is_odd;
    story.status = status.into();
    story.length = length;
    (status, headers)
}

/// A layer of any kind.
struct Any {
    chance: Rc<Chance>,
    told: Told,
    is_outermost: bool,
    suffix: &'static str,
    is_changing: bool,
    bomb: Option<Bomb>,
}

impl Layer for Any {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        if self.chance.once_in(20) {
            return Err(trouble(&self.chance, &self.told));
        }
        head.headers.push("X-Layer", 1);
        if self.is_changing {
            head.length = None;
        }
        if self.chance.once_in(10) {
            let changed = ["304 Not Modified", "203 Other", "204 None"];
            head.status = self.chance.of(&changed).into();
            head.headers.remove("content-type");
            self.told.borrow_mut().layers_changed_head = true;
        }
        if self.chance.once_in(30) {
            head.headers.push("Bad name", "x");
            fail(&self.told);
        }
        let mut story = self.told.borrow_mut();
        story.status.clone_from(&head.status);
        story.length = head.length;
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        if self.chance.once_in(40) {
            return Err(trouble(&self.chance, &self.told));
        }
        let mut block = block.to_ascii_uppercase();
        if self.is_changing {
            match self.chance.next() % 3 {
                0 => block.clear(),
                1 => block.push(b'+'),
                _ => {}
            }
        }
        Ok(self.deliver(block))
    }

    fn end(&mut self) -> Result<Block> {
        let sent = self.told.borrow().delivered.len();
        self.told.borrow_mut().ended_at.get_or_insert(sent);
        if self.chance.once_in(20) {
            return Err(trouble(&self.chance, &self.told));
        }
        let suffix = if self.is_changing { self.suffix } else { "" };
        Ok(self.deliver(suffix.into()))
    }
}

impl Any {
    fn deliver(&self, block: Vec<u8>) -> Block {
        if self.is_outermost {
            self.told.borrow_mut().delivered.extend(&block);
        }
        block.into()
    }
}

/// A body's blocks, one of which may be trouble.
struct Blocks {
    chance: Rc<Chance>,
    told: Told,
    blocks: Vec<Vec<u8>>,
    has_layers: bool,
    #[allow(dead_code)]
    bomb: Option<Bomb>,
}

impl Iterator for Blocks {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        if self.chance.once_in(12) {
            return Some(Err(trouble(&self.chance, &self.told)));
        }
        let block = self.blocks.pop()?;
        if !self.has_layers {
            self.told.borrow_mut().delivered.extend(&block);
        }
        Some(Ok(block.into()))
    }
}

/// An input, and a sink, that panic where they can.
struct Trap(#[allow(dead_code)] Bomb);

impl Read for Trap {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read");
    }
}

impl BufRead for Trap {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        panic!("fill_buf");
    }

    fn consume(&mut self, _: usize) {}
}

struct BadSink;

impl Write for BadSink {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("write");
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

thread_local! {
    static KEPT: Cell<Option<Response>> = const { Cell::new(None) };
}

fn text(chance: &Chance) -> Vec<u8> {
    let length = match chance.next() % 10 {
        0 => 0,
        1 => 20_000,
        _ => 1 + chance.next() % 9,
    };
    (0..length).map(|at| b'a' + (at % 26) as u8).collect()
}

/// The application that this seed makes.
fn anything(
    chance: &Rc<Chance>,
    told: &Told,
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    const ONE: Key<Bomb> = Key::new("test.one");
    const TWO: Key<Bomb> = Key::new("test.two");
    let one_in = |many| chance.once_in(many);
    if one_in(6) {
        environ.insert(ONE, Bomb);
        environ.insert(TWO, Bomb);
    }
    if one_in(10) {
        environ.input = Box::new(Trap(Bomb));
    }
    if one_in(10) {
        environ.errors = ErrorLog::new(BadSink);
    }
    if one_in(10) {
        // It may be the sink that is bad.
        let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            write!(environ.errors, "no end")
        }));
    }
    if one_in(20) {
        return Err(trouble(chance, told));
    }
    if one_in(40)
        && let Some(kept) = KEPT.take()
    {
        fail(told);
        return Ok(kept);
    }
    let blocks: Vec<_> =
        (0..chance.next() % 5).map(|_| text(chance)).collect();
    let written = match one_in(4) {
        true => text(chance),
        false => Vec::new(),
    };
    let total: usize = blocks.iter().map(Vec::len).sum();
    let most = (total + written.len()) as u64;
    let layers = chance.next().saturating_sub(u64::MAX / 2) % 4;
    let mut start_response = start_response;
    for at in 0..layers {
        let layer = Any {
            chance: Rc::clone(chance),
            told: Rc::clone(told),
            is_outermost: at == 0,
            suffix: chance.of(&["", "-", "end"]),
            is_changing: one_in(2),
            bomb: one_in(8).then(|| Bomb),
        };
        start_response = Box::new(move |status, headers| {
            let started = start_response(status, headers);
            // What is not started is not dropped by a panic.
            let Ok(started) = started else {
                std::mem::forget(layer.bomb);
                return started;
            };
            Ok(started.layer(layer))
        });
    }
    let (status, headers) = head(chance, told, most);
    if !told.borrow().is_legal {
        fail(told);
    }
    let pairs: Vec<_> =
        headers.iter().map(|(n, v)| (*n, &**v)).collect();
    let mut started = start_response(status, &pairs)?;
    if one_in(6) {
        let error: Error = match one_in(3) {
            true => EvilError::new(Evil::Mute).into(),
            false => "again".into(),
        };
        let (status, headers) = head(chance, told, most);
        if !told.borrow().is_legal {
            fail(told);
        }
        let pairs: Vec<_> =
            headers.iter().map(|(n, v)| (*n, &**v)).collect();
        started = started.restart(status, &pairs, error)?;
    }
    if one_in(20) {
        return Err(trouble(chance, told));
    }
    if !written.is_empty() || one_in(10) {
        if layers == 0 {
            told.borrow_mut().delivered.extend(&written);
        }
        let sent = started.write_all(&written);
        if sent.is_err() && one_in(2) {
            fail(told);
            sent?;
        } else {
            std::mem::forget(sent); // it may be a bomb
        }
        if !written.is_empty() && one_in(6) {
            let again = started.restart("500 Oh", &[TYPE], "too late");
            started = again.inspect_err(|_| fail(told))?;
            // Nothing was sent: it is another answer.
            let status = "500 Oh".to_string();
            let is_legal = true;
            *told.borrow_mut() =
                Story { status, is_legal, ..Story::default() };
        }
    }
    if one_in(20) {
        return Err(trouble(chance, told));
    }
    if one_in(50) {
        KEPT.set(Some(started.body("kept")));
        fail(told);
        return Err("the response was kept".into());
    }
    // From here on it is the body's affair.
    let blocks: Vec<_> = blocks.into_iter().rev().collect();
    let sum = total as u64;
    let response = match chance.next() % 4 {
        0 => {
            let all: Vec<u8> =
                blocks.into_iter().rev().flatten().collect();
            if layers == 0 {
                told.borrow_mut().delivered.extend(&all);
            }
            started.body(all)
        }
        kind => {
            let stream = Blocks {
                chance: Rc::clone(chance),
                told: Rc::clone(told),
                blocks,
                has_layers: layers > 0,
                bomb: one_in(6).then(|| Bomb),
            };
            started.body(match kind {
                1 => {
                    let wrong = one_in(5);
                    let is_announced = written.is_empty()
                        && told.borrow().length.is_none();
                    if wrong && is_announced {
                        told.borrow_mut().length = Some(sum + 1);
                    }
                    Body::sized(sum + u64::from(wrong), stream)
                }
                2 => Body::sized(sum, stream).map_blocks(|b| b),
                _ => Body::blocks(stream),
            })
        }
    };
    Ok(response)
}

/// Where an answer goes: it may take little at a time, or fail.
struct Wire {
    bytes: Vec<u8>,
    at_most: usize,
    writes_left: usize,
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.writes_left == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.writes_left -= 1;
        let length = bytes.len().min(self.at_most);
        self.bytes.extend(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An answer as a strict client reads it.
#[derive(Debug)]
struct Read_ {
    status: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    is_whole: bool,
}

/// Reads an answer by RFC 9112 (or RFC 3875), and panics at what is not
/// one.
fn read(
    bytes: &[u8],
    protocol: Protocol,
    is_head: bool,
    end: End,
) -> Read_ {
    let at = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let at = at.expect("the end of the head");
    let text = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let rest = &bytes[at + 4..];
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap();
    let prefix = match protocol {
        Protocol::Cgi => "Status: ",
        Protocol::Http { .. } => "HTTP/1.1 ",
    };
    let status = first.strip_prefix(prefix).expect("a status line");
    assert!(status.as_bytes()[..3].iter().all(u8::is_ascii_digit));
    let fields: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("a field");
            let is_name =
                |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            assert!(name.bytes().all(is_name), "{line:?}");
            assert!(!value.chars().any(char::is_control), "{line:?}");
            (name.to_ascii_lowercase(), value.into())
        })
        .collect();
    let all = |name: &str| {
        let found = fields.iter().filter(|(n, _)| n == name);
        found.map(|(_, v)| v.clone()).collect::<Vec<_>>()
    };
    let (lengths, codings) =
        (all("content-length"), all("transfer-encoding"));
    assert!(lengths.len() + codings.len() <= 1, "{fields:?}");
    let length: Option<u64> =
        lengths.first().map(|length| length.parse().unwrap());
    let code = &status[..3];
    let is_closed = all("connection") == ["close"];
    let is_kept = all("connection") == ["keep-alive"];
    match protocol {
        Protocol::Cgi => assert!(!is_closed && !is_kept),
        Protocol::Http { minor, .. } => {
            assert_eq!(
                end == End::Keep,
                match minor {
                    0 => is_kept && end == End::Keep,
                    _ => !is_closed && end == End::Keep,
                }
            );
            assert_eq!(all("date").len(), 1);
        }
    }
    let (body, is_whole) = if is_head || code == "204" || code == "304"
    {
        (rest.to_vec(), rest.is_empty())
    } else if let Some(length) = length {
        assert!(rest.len() as u64 <= length, "more than its length");
        (rest.to_vec(), rest.len() as u64 == length)
    } else if !codings.is_empty() {
        assert_eq!(codings, ["chunked"]);
        assert!(!matches!(protocol, Protocol::Cgi));
        assert!(!matches!(protocol, Protocol::Http { minor: 0, .. }));
        dechunk(rest)
    } else {
        assert_ne!(end, End::Keep, "who could tell its end?");
        (rest.to_vec(), matches!(end, End::Close))
    };
    if is_head || ["204", "205", "304"].contains(&code) {
        assert!(body.is_empty(), "a body where none may be");
    }
    Read_ { status: status.into(), fields, body, is_whole }
}

fn dechunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = str::from_utf8(&rest[..at]).unwrap();
        let size = usize::from_str_radix(size, 16).expect("a size");
        rest = &rest[at + 2..];
        if size == 0 {
            assert_eq!(rest, b"\r\n", "the end of the last chunk");
            return (body, true);
        }
        if rest.len() < size + 2 {
            break;
        }
        body.extend(&rest[..size]);
        assert_eq!(&rest[size..size + 2], b"\r\n");
        rest = &rest[size + 2..];
    }
    (body, false)
}

/// Is it a page of the server's, or one that an error has brought?
fn is_error_page(answer: &Read_, is_head: bool) -> bool {
    let is_own = answer.fields.iter().any(|(n, _)| n == "x-own");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let known = [
        "400 Bad Request",
        "404 Not Found",
        "503 Busy",
        "500 Internal Server Error",
    ];
    !is_own
        && known.contains(&&*answer.status)
        && (is_head
            || text == format!("{}\n", answer.status)
            || text == PAGE && answer.status == "503 Busy")
}

fn one(seed: u64, protocol: Protocol, method: &str) {
    let chance = Rc::new(Chance::new(seed));
    let told = Told::default();
    let mut wire = Wire {
        bytes: Vec::new(),
        at_most: if chance.once_in(8) { 3 } else { usize::MAX },
        writes_left: match chance.once_in(12) {
            true => (chance.next() % 4) as usize,
            false => usize::MAX,
        },
    };
    let log = Log::default();
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", method);
    environ.set("PATH_INFO", "/any\nthing");
    environ.errors = ErrorLog::new(log.clone());
    let app = |environ: &mut Environ, start: StartResponse<'_>| {
        anything(&chance, &told, environ, start)
    };
    let outcome =
        exchange::run(&app, &mut environ, protocol, &mut wire);
    told.borrow_mut().is_finished = true;
    drop(environ);
    for line in log.text().lines() {
        let is_ours = line
            .starts_with(&format!("{method} /any\\nthing"))
            || line.starts_with("    ")
            || line.starts_with("no end");
        assert!(is_ours, "{line:?}");
        let odd = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!line.contains(odd), "{line:?}");
    }
    if outcome.end == End::Gone {
        assert_eq!(wire.writes_left, 0);
        return;
    }
    judge(
        &told.borrow(),
        &wire.bytes,
        protocol,
        method,
        &outcome,
        &log,
    );
}

fn judge(
    story: &Story,
    bytes: &[u8],
    protocol: Protocol,
    method: &str,
    outcome: &Outcome,
    log: &Log,
) {
    let is_head = method == "HEAD";
    assert!(!bytes.is_empty(), "no answer at all");
    let answer = read(bytes, protocol, is_head, outcome.end);
    // To look at one seed: ANYTHING=1 ANYTHING_SEED=n.
    if env::var("ANYTHING").is_ok_and(|count| count == "1") {
        eprintln!("{story:?}\n{answer:?}\n{outcome:?}\n{}", log.text());
    }
    assert_eq!(answer.status[..3], outcome.status.to_string());
    assert_eq!(answer.body.len() as u64, outcome.bytes);
    let is_cut = matches!(outcome.end, End::Cut | End::Reset);
    assert_eq!(answer.is_whole, !is_cut, "{answer:?}");
    if story.failed {
        assert!(!log.text().is_empty(), "nothing in the log");
    }
    let code = story.status.get(..3).unwrap_or("none");
    let is_bodiless = is_head || ["204", "205", "304"].contains(&code);
    let whole = &story.delivered;
    let is_long = |n: u64| whole.len() as u64 >= n;
    // A body as long as was said is whole, whatever comes after it.
    let is_reached = story.length.is_some_and(is_long);
    if is_error_page(&answer, is_head) && story.failed {
        assert_eq!(story.failed_at, 0, "it had begun");
        return;
    }
    let is_short = story.length.is_some_and(|n| !is_long(n));
    if is_error_page(&answer, is_head) && is_short && !is_bodiless {
        assert!(whole.is_empty(), "it had begun");
        return;
    }
    if !answer.is_whole {
        assert!(story.failed || is_short, "cut without a reason");
        assert!(whole.starts_with(&answer.body), "other bytes");
        return;
    }
    assert_eq!(answer.status, story.status);
    if is_bodiless {
        return;
    }
    assert!(!story.failed || is_reached, "whole, though it is not");
    let length = story.length.unwrap_or(u64::MAX);
    let expected = whole.len().min(length.min(1 << 40) as usize);
    assert_eq!(answer.body, &whole[..expected]);
}

#[test]
fn an_application_may_do_anything() {
    let number = |name: &str, otherwise| {
        env::var(name).map_or(otherwise, |n| n.parse().unwrap())
    };
    let first = number("ANYTHING_SEED", 0);
    let last = first + number("ANYTHING", 2_000);
    quiet();
    static NOW: AtomicU64 = AtomicU64::new(0);
    thread::spawn(|| {
        loop {
            let before = NOW.load(Ordering::Relaxed);
            thread::sleep(Duration::from_secs(20));
            if before == NOW.load(Ordering::Relaxed) && before > 0 {
                eprintln!("seed {before} does not end");
                process::abort();
            }
        }
    });
    for seed in first..last {
        NOW.store(seed + 1, Ordering::Relaxed);
        for protocol in [
            Protocol::Cgi,
            Protocol::Http { minor: 0, keep_alive: false },
            Protocol::Http { minor: 0, keep_alive: true },
            Protocol::Http { minor: 1, keep_alive: false },
            Protocol::Http { minor: 1, keep_alive: true },
        ] {
            for method in ["GET", "HEAD"] {
                let run = || one(seed, protocol, method);
                if let Err(panic) = panic::catch_unwind(run) {
                    eprintln!(
                        "ANYTHING_SEED={seed} {protocol:?} {method}"
                    );
                    NOW.store(0, Ordering::Relaxed);
                    panic::resume_unwind(panic);
                }
            }
        }
    }
    NOW.store(0, Ordering::Relaxed);
}

/// What panics on purpose, in this thread, is not printed; what the
/// tests of other threads do is.
fn quiet() {
    let thread = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_ours = thread::current().id() == thread;
        let place = info.location().map_or(0, |place| place.line());
        let file = info.location().map_or("", |place| place.file());
        let last = line_of_reader();
        if !is_ours || file.ends_with("anything.rs") && place > last {
            before(info);
        }
    }));
}

/// Where in this file the reader begins, whose panics are failures.
fn line_of_reader() -> u32 {
    include_str!("anything.rs")
        .lines()
        .position(|line| line.starts_with("struct Read_"))
        .map_or(0, |line| line as u32)
}
