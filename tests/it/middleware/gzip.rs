//! `gzip` and `conditional` do not what public middleware has done:
//! each test is named after what went wrong there.
//!
//! Three classes are not here, since they do not compile: that
//! `start_response` is called twice (`compile_fail/middleware_starts_
//! twice.rs`), that a body is closed twice (`middleware_closes_
//! twice.rs`), and that `exc_info` is left out, for `restart` takes the
//! error. That a body is closed at all, and last, is tested below.

use super::site::{LINE, site};
use super::table::gunzip;
use crate::core::anything::Chance;
use flate2::write::GzDecoder;
use gateway::exchange::{self, End, Protocol};
use gateway::middleware::{conditional, gzip};
use gateway::testing::{self, Answer};
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Layer, Result,
    StartResponse,
};
use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::rc::Rc;
use std::{iter, str};

const TEXT: (&str, &str) = ("Content-Type", "text/plain");
const HTTP: Protocol = Protocol::Http { minor: 1, keep_alive: true };

/// Both orders, by name.
fn both<'a, A: Application + 'a>(
    app: impl Fn() -> A,
) -> [(&'static str, Box<dyn Application + 'a>); 2] {
    [
        ("gzip(conditional)", Box::new(gzip(conditional(app())))),
        ("conditional(gzip)", Box::new(conditional(gzip(app())))),
    ]
}

fn request(method: &str, path: &str) -> Environ {
    let mut environ = testing::environ(method, path);
    environ.set("HTTP_ACCEPT_ENCODING", "gzip");
    environ
}

fn get(app: &dyn Application, path: &str) -> Answer {
    testing::ask(app, request("GET", path))
}

/// An answer with this body.
fn answer(
    headers: &'static [(&'static str, &'static str)],
    body: impl Fn() -> Body,
) -> impl Application {
    gateway::app(move |_, start_response| {
        Ok(start_response("200 OK", headers)?.body(body()))
    })
}

fn blocks(
    blocks: impl IntoIterator<Item = Result<Block>> + 'static,
) -> Body {
    Body::blocks(blocks)
}

/// What has been sent, to be looked at meanwhile.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire {
    /// As much of the page as a client can show by now.
    fn shown(&self) -> Vec<u8> {
        let sent = self.0.borrow();
        let end = sent.windows(4).position(|w| w == b"\r\n\r\n");
        let body = &sent[end.expect("a head") + 4..];
        let mut decoder = GzDecoder::new(Vec::new());
        decoder.write_all(body).unwrap();
        decoder.flush().unwrap();
        decoder.get_ref().clone()
    }
}

#[test]
fn gzip_holds_the_stream_back() {
    // Each block looks whether those before it can be shown.
    let wire = Wire::default();
    let app = || {
        let wire = wire.clone();
        answer(&[TEXT], move || {
            let wire = wire.clone();
            let block = move |n| {
                if n > 0 {
                    let before: String =
                        (0..n).map(|n| format!("{n}\n")).collect();
                    assert_eq!(wire.shown(), before.as_bytes());
                }
                Ok(format!("{n}\n").into_bytes().into())
            };
            blocks((0..3).map(block))
        })
    };
    for (order, app) in both(app) {
        wire.0.borrow_mut().clear();
        let mut environ = request("GET", "/");
        let mut out = wire.clone();
        let outcome =
            exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
        assert_eq!(outcome.end, End::Close, "{order}");
        assert_eq!(wire.shown(), b"0\n1\n2\n", "{order}");
    }
}

#[test]
fn one_flush_leaves_the_end_of_a_long_block_behind() {
    // miniz_oxide does so when its own buffer is full: with 18 letters.
    for letters in 15..22 {
        let chance = Chance::new(letters);
        let letter = |_| (chance.next() % letters) as u8;
        let block: Vec<u8> = (0..70_000).map(letter).collect();
        let wire = Wire::default();
        let app = gzip({
            let (block, wire) = (block.clone(), wire.clone());
            gateway::app(move |_, start_response| {
                let (block, wire) = (block.clone(), wire.clone());
                let blocks = [Some(block.clone()), None].into_iter();
                let blocks = blocks.filter_map(move |next| {
                    if next.is_none() {
                        assert!(wire.shown() == block, "{letters}");
                    }
                    next.map(|block| Ok(block.into()))
                });
                let body = Body::blocks(blocks);
                Ok(start_response("200 OK", &[TEXT])?.body(body))
            })
        });
        let mut out = wire.clone();
        let mut environ = request("GET", "/");
        exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
        assert!(wire.shown() == block, "{letters}");
    }
}

#[test]
fn an_etag_buffers_a_stream() {
    // A body of known length may be a stream: of two blocks none waits
    // for the other, and of one block nothing is there to wait for.
    for (count, has_tag) in [(1, true), (2, false)] {
        let made = Rc::new(Cell::new(0));
        let sent = Wire::default();
        let app = conditional({
            let (made, sent) = (made.clone(), sent.clone());
            gateway::app(move |_, start_response| {
                let (made, sent) = (made.clone(), sent.clone());
                let block = move |n| {
                    made.set(n + 1);
                    assert_eq!(sent.0.borrow().is_empty(), n == 0);
                    Ok(Block::from(LINE.as_bytes()))
                };
                let length = LINE.len() as u64 * count;
                let body = Body::sized(length, (0..count).map(block));
                Ok(start_response("200 OK", &[TEXT])?.body(body))
            })
        });
        let mut environ = testing::environ("GET", "/");
        let protocol = Protocol::Cgi;
        exchange::run(&app, &mut environ, protocol, &mut sent.clone());
        let text = String::from_utf8(sent.0.take()).unwrap();
        assert_eq!(text.contains("\r\nETag: "), has_tag, "{text}");
        assert_eq!(text.matches(LINE).count() as u64, count);
        assert_eq!(made.get(), count);
    }
}

#[test]
fn flushing_after_an_empty_block_raises() {
    let pieces = ["", LINE, "", "", LINE, ""];
    let body = move || {
        blocks(pieces.into_iter().map(|p| Ok(p.as_bytes().into())))
    };
    for (order, app) in both(|| answer(&[TEXT], body)) {
        let answer = get(&app, "/");
        let page = gunzip(&answer.body).expect(order);
        assert_eq!(page, LINE.repeat(2).as_bytes(), "{order}");
        assert_eq!((answer.log.as_str(), answer.is_cut), ("", false));
    }
}

#[test]
fn gzip_adds_a_body_where_there_is_none() {
    for (order, app) in both(|| site) {
        for (method, path) in [
            ("GET", "/empty"),
            ("GET", "/empty-stream"),
            ("GET", "/no-content"),
            ("HEAD", "/text"),
            ("HEAD", "/stream"),
        ] {
            let answer = testing::ask(&app, request(method, path));
            let what = format!("{order}, {method} {path}");
            assert_eq!(answer.body, b"", "{what}");
            let is_encoded =
                answer.headers.get("Content-Encoding").is_some();
            let is_text = ["/text", "/stream"].contains(&path);
            assert_eq!(is_encoded, is_text, "{what}");
        }
    }
}

#[test]
fn what_is_compressed_is_compressed_again() {
    let app = gzip(conditional(gzip(site)));
    let answer = get(&app, "/text");
    let page = gunzip(&answer.body).unwrap();
    assert!(page.starts_with(LINE.as_bytes()));
    assert_eq!(answer.headers.get("Vary"), Some("Accept-Encoding"));

    // Whoever looks when the application starts sees nothing of this.
    let app = gzip(gateway::app(|_, start_response| {
        let started = start_response("200 OK", &[TEXT])?;
        let encoded = [TEXT, ("Content-Encoding", "br")];
        let started = started.restart("200 OK", &encoded, "again")?;
        Ok(started.body(LINE.repeat(40)))
    }));
    let answer = get(&app, "/");
    assert_eq!(answer.headers.get("Content-Encoding"), Some("br"));
    assert_eq!(answer.text(), LINE.repeat(40));
}

#[test]
fn vary_is_forgotten_on_the_plain_variant() {
    for (order, app) in both(|| site) {
        let answer = testing::get(&app, "/text");
        let vary = answer.headers.get("Vary");
        assert_eq!(vary, Some("Accept-Encoding"), "{order}");
    }
}

#[test]
fn vary_is_replaced() {
    for (order, app) in both(|| site) {
        let answer = get(&app, "/vary-twice");
        let vary = answer.headers.get("Vary");
        assert_eq!(vary, Some("X-A, X-B, Accept-Encoding"), "{order}");
    }
}

#[test]
fn a_weight_of_zero_is_taken_for_yes() {
    for (order, app) in both(|| site) {
        let mut environ = testing::environ("GET", "/text");
        environ.set("HTTP_ACCEPT_ENCODING", "gzip;q=0");
        let answer = testing::ask(&app, environ);
        let encoding = answer.headers.get("Content-Encoding");
        assert_eq!(encoding, None, "{order}");
    }
}

#[test]
fn a_strong_etag_is_kept_for_other_bytes() {
    for (order, app) in both(|| site) {
        let plain = testing::get(&app, "/text");
        let strong = plain.headers.get("ETag").unwrap();
        let weak = format!("W/{strong}");
        let answer = get(&app, "/text");
        let etag = answer.headers.get("ETag");
        assert_eq!(etag, Some(&*weak), "{order}");
    }
}

#[test]
fn the_content_length_is_kept() {
    const LENGTH: (&str, &str) = ("Content-Length", "1240");
    let app = || answer(&[TEXT, LENGTH], || LINE.repeat(40).into());
    for (order, app) in both(app) {
        let answer = get(&app, "/");
        let length = answer.headers.get("Content-Length");
        assert_eq!(length, None, "{order}");
        assert!(gunzip(&answer.body).is_some(), "{order}");
        let plain = testing::get(&app, "/");
        let length = plain.headers.get("Content-Length");
        assert_eq!(length, Some("1240"), "{order}");
    }
}

#[test]
fn a_second_start_goes_past_the_middleware() {
    let app = || {
        gateway::app(|_, start_response| {
            let started = start_response("200 OK", &[TEXT])?;
            let tagged = [TEXT, ("ETag", "\"gone\"")];
            let started =
                started.restart("404 Not Found", &tagged, "none")?;
            Ok(started.body(LINE.repeat(40)))
        })
    };
    for (order, app) in both(app) {
        let answer = get(&app, "/");
        let header = |name| answer.headers.get(name);
        assert_eq!(answer.status, "404 Not Found", "{order}");
        assert_eq!(header("Content-Encoding"), Some("gzip"), "{order}");
        assert_eq!(header("ETag"), Some("W/\"gone\""), "{order}");
        let page = gunzip(&answer.body).expect(order);
        assert_eq!(page, LINE.repeat(40).as_bytes(), "{order}");
    }
}

#[test]
fn what_is_written_goes_past_the_middleware() {
    let app = || {
        gateway::app(|_, start_response| {
            let mut started = start_response("200 OK", &[TEXT])?;
            started.write_all(b"one ")?;
            started.write_all(b"two ")?;
            Ok(started.body("three"))
        })
    };
    for (order, app) in both(app) {
        let answer = get(&app, "/");
        let page = gunzip(&answer.body).expect(order);
        assert_eq!(page, b"one two three", "{order}");
        // The body's tag would not be that of the page.
        assert_eq!(answer.headers.get("ETag"), None, "{order}");
    }
}

#[test]
fn an_error_in_the_body_comes_after_the_middleware_has_returned() {
    let failing = |good: usize| {
        move || {
            let blocks =
                iter::repeat_with(|| Ok(LINE.as_bytes().into()))
                    .take(good)
                    .chain([Err("no more".into())]);
            Body::blocks(blocks)
        }
    };
    // Nothing was sent: the server's page, which is in clear.
    for (order, app) in both(|| answer(&[TEXT], failing(0))) {
        let answer = get(&app, "/");
        let header = |name| answer.headers.get(name);
        assert_eq!(answer.status, "500 Internal Server Error");
        assert_eq!(answer.text(), "500 Internal Server Error\n");
        assert_eq!(header("Content-Encoding"), None, "{order}");
        assert_eq!(header("ETag"), None, "{order}");
        assert_eq!(answer.log, "GET /: no more\n", "{order}");
    }
    // Some was: a client must not take it for the whole.
    for (order, app) in both(|| answer(&[TEXT], failing(2))) {
        let answer = get(&app, "/");
        assert!(answer.is_cut, "{order}");
        assert_eq!(gunzip(&answer.body), None, "{order}");
        assert_eq!(answer.log, "GET /: no more\n", "{order}");
    }
}

/// Counts how often it was dropped, and what had been sent by then.
struct Guard(Rc<Cell<u32>>, Wire, Rc<Cell<usize>>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
        self.2.set(self.1.0.borrow().len());
    }
}

#[test]
fn close_is_lost() {
    // However a request ends, the body is dropped once, after the last
    // byte: there is no other object to call `close()` on.
    for (method, etag, good, length) in [
        ("GET", "", 3, None),
        ("GET", "", 1, Some(LINE.len() as u64)),
        ("HEAD", "", 3, None),
        ("HEAD", "", 1, Some(LINE.len() as u64)),
        ("GET", "*", 3, None),
        ("GET", "*", 1, Some(LINE.len() as u64)),
        ("GET", "", 0, None),
        ("GET", "", 2, Some(1000)),
    ] {
        let dropped = Rc::new(Cell::new(0));
        let (wire, at) = (Wire::default(), Rc::new(Cell::new(0)));
        let app = || {
            let (dropped, wire, at) =
                (dropped.clone(), wire.clone(), at.clone());
            answer(&[TEXT], move || {
                let guard =
                    Guard(dropped.clone(), wire.clone(), at.clone());
                let blocks = (0..good).map(move |_| {
                    let _kept = &guard;
                    Ok(Block::from(LINE.as_bytes()))
                });
                match length {
                    Some(length) => Body::sized(length, blocks),
                    None => Body::blocks(blocks),
                }
            })
        };
        for (order, app) in both(app) {
            let what = format!("{order}, {method} {etag} {good}");
            dropped.set(0);
            wire.0.borrow_mut().clear();
            let mut environ = request(method, "/");
            environ.errors = ErrorLog::new(io::sink());
            environ.set("HTTP_IF_NONE_MATCH", etag);
            let mut out = wire.clone();
            exchange::run(&app, &mut environ, HTTP, &mut out);
            assert_eq!(dropped.get(), 1, "{what}");
            assert!(at.get() > 0, "{what}");
            assert_eq!(at.get(), wire.0.borrow().len(), "{what}");
        }
    }
}

/// A client that leaves after the first write.
struct Gone(u32);

impl Write for Gone {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Ok(bytes.len()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_client_that_leaves_in_mid_stream_leaves_its_state_behind() {
    for (order, app) in both(|| site) {
        let before = get(&app, "/stream");
        let mut environ = request("GET", "/stream");
        let outcome =
            exchange::run(&app, &mut environ, HTTP, &mut Gone(0));
        assert_eq!(outcome.end, End::Gone, "{order}");
        // The next has a stream of its own, from its beginning.
        assert_eq!(get(&app, "/stream"), before, "{order}");
        assert!(gunzip(&before.body).is_some(), "{order}");
    }
}

#[test]
fn a_picture_has_the_weak_tag_of_a_304_if_gzip_is_outside() {
    // Outside, it cannot see of what type the whole answer would be.
    // A cache takes a weak tag for either (RFC 9111, section 4.3.4).
    let tags = ["W/\"1\"", "\"1\""];
    for ((order, app), tag) in both(|| site).into_iter().zip(tags) {
        let mut environ = request("GET", "/image");
        environ.set("HTTP_IF_NONE_MATCH", "\"1\"");
        let answer = testing::ask(&app, environ);
        assert_eq!(answer.status, "304 Not Modified", "{order}");
        assert_eq!(answer.headers.get("ETag"), Some(tag), "{order}");
    }
}

#[test]
fn if_match_sees_the_tag_that_is_sent_if_gzip_is_inside() {
    // Outside, it makes the tag weak when that was compared already.
    let statuses = ["200 OK", "412 Precondition Failed"];
    let both = both(|| site).into_iter().zip(statuses);
    for ((order, app), status) in both {
        let mut environ = request("GET", "/tagged");
        environ.set("HTTP_IF_MATCH", "\"1\"");
        let answer = testing::ask(&app, environ);
        assert_eq!(answer.status, status, "{order}");
    }
}

/// Changes bytes, and not how many they are.
struct Upper;

impl Layer for Upper {
    fn block(&mut self, block: Block) -> Result<Block> {
        Ok(block.to_ascii_uppercase().into())
    }
}

#[test]
fn a_tag_is_of_the_bytes_that_the_application_returned() {
    let app = conditional(gateway::app(|_, start_response| {
        let started = start_response("200 OK", &[TEXT])?;
        Ok(started.layer(Upper).body("Hello"))
    }));
    let answer = testing::get(&app, "/");
    let of_hello = "\"185f8db32271fe25f561a6fc938b2e26\"";
    assert_eq!(answer.headers.get("ETag"), Some(of_hello));
    assert_eq!(answer.text(), "HELLO");
}

#[test]
fn threads_may_share_what_threads_could_share_before() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    is_shared(&gzip(site));
    is_shared(&conditional(site));
}

/// Takes what is before `end`, and `end` itself.
fn until(text: &mut &[u8], end: &[u8]) -> Vec<u8> {
    let at = text.windows(end.len()).position(|w| w == end);
    let (before, rest) = text.split_at(at.expect("an end"));
    *text = &rest[end.len()..];
    before.to_vec()
}

/// The head of an answer, and its chunks.
fn chunks(mut sent: &[u8]) -> (String, Vec<Vec<u8>>) {
    let head = String::from_utf8(until(&mut sent, b"\r\n\r\n"));
    let mut chunks = Vec::new();
    loop {
        let size = until(&mut sent, b"\r\n");
        let size = str::from_utf8(&size).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let (chunk, rest) = sent.split_at(size);
        sent = rest.strip_prefix(b"\r\n").unwrap();
        if size == 0 {
            assert_eq!(sent, b"");
            return (head.unwrap(), chunks);
        }
        chunks.push(chunk.to_vec());
    }
}

/// Blocks of all sizes, of which some are written.
fn blocks_by_chance(chance: &Chance) -> (Rc<Vec<Vec<u8>>>, usize) {
    let count = chance.next() % 7;
    let block = |_| {
        let size = chance.of(&[0, 1, 17, 300, 5000, 40_000]);
        let letters = 1 + chance.next() % 255;
        let letter = |_| (chance.next() % letters) as u8;
        (0..size).map(letter).collect()
    };
    let blocks: Vec<Vec<u8>> = (0..count).map(block).collect();
    let written = (chance.next() % (count + 1)) as usize;
    (Rc::new(blocks), written)
}

fn streams(blocks: Rc<Vec<Vec<u8>>>, written: usize) -> Stack {
    Box::new(gateway::app(move |_, start_response| {
        let mut started = start_response("200 OK", &[TEXT])?;
        for block in &blocks[..written] {
            started.write_all(block)?;
        }
        let blocks = blocks.clone();
        let rest = written..blocks.len();
        let rest = rest.map(move |at| Ok(blocks[at].clone().into()));
        Ok(started.body(Body::blocks(rest)))
    }))
}

type Stack = Box<dyn Application>;
type Wrap = fn(Stack) -> Stack;

/// Middleware that only looks.
struct Looks;

impl Layer for Looks {}

fn looks(app: Stack) -> Stack {
    Box::new(gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Looks))
        });
        app.call(environ, start)
    }))
}

#[test]
fn any_blocks_come_out_one_by_one_through_any_layers() {
    let wraps: [(&str, Wrap); 3] = [
        ("gzip", |app| Box::new(gzip(app))),
        ("conditional", |app| Box::new(conditional(app))),
        ("looks", looks),
    ];
    for seed in 0..300 {
        let chance = Chance::new(seed);
        let (blocks, written) = blocks_by_chance(&chance);
        let mut app = streams(blocks.clone(), written);
        let mut names = format!("seed {seed}:");
        for _ in 0..chance.next() % 5 {
            let (name, wrap) = chance.of(&wraps);
            app = wrap(app);
            names = format!("{names} {name}");
        }
        let mut sent = Vec::new();
        let mut environ = request("GET", "/");
        exchange::run(&app, &mut environ, HTTP, &mut sent);
        let full = blocks.iter().filter(|block| !block.is_empty());
        let full: Vec<_> = full.collect();
        if full.is_empty() {
            assert!(sent.ends_with(b"\r\n\r\n"), "{names}");
            continue;
        }
        let (head, chunks) = chunks(&sent);
        let is_gzip = names.contains("gzip");
        let says_so = head.contains("\r\nContent-Encoding: gzip");
        assert_eq!(says_so, is_gzip, "{names}");
        // A block, a chunk; and behind the last the end of the stream.
        assert_eq!(chunks.len(), full.len() + usize::from(is_gzip));
        let mut shown = GzDecoder::new(Vec::new());
        for (at, chunk) in chunks.iter().enumerate() {
            if is_gzip {
                shown.write_all(chunk).expect(&names);
                shown.flush().expect(&names);
            } else {
                shown.get_mut().extend(chunk);
            }
            let by_now = full[..full.len().min(at + 1)].iter();
            let by_now: Vec<u8> =
                by_now.copied().flatten().copied().collect();
            assert!(*shown.get_ref() == by_now, "{names}, chunk {at}");
        }
        if is_gzip {
            shown.try_finish().expect(&names);
        }
    }
}
