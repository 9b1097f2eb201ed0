//! Random records: whatever comes, the server must not panic, nor
//! hang, nor hold more than it may; what it sends must be records, and
//! must not depend on how the others were cut; and who brings no
//! request further is thrown out.

use super::FastCgi;
use super::inbound::{Event, Inbound, PARAMS_LIMIT};
use super::pairs;
use super::record::*;
use crate::fuzz::{Chance, fuzz};
use crate::serving::world::{
    ASKED_FOR, End, PROBE, Script, Told, World,
};
use crate::serving::{Limits, Socket};
use crate::{Block, Body, Environ, Response, Result, StartResponse};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

fn begin(id: u16, role: u8, flags: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let content = [0, role, flags, 0, 0, 0, 0, 0];
    push(&mut bytes, BEGIN_REQUEST, id, &content);
    bytes
}

fn request(id: u16, flags: u8, path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = begin(id, 1, flags);
    let mut params = Vec::new();
    pairs::push(&mut params, "PATH_INFO", path);
    pairs::push(&mut params, "REQUEST_METHOD", "POST");
    pairs::push(&mut params, "REQUEST_URI", path);
    pairs::push(&mut params, "LONG", [b'x'; 150]);
    if path != "/open" {
        let length = body.len().to_string();
        pairs::push(&mut params, "CONTENT_LENGTH", length);
    }
    let (first, rest) = params.split_at(params.len() / 2);
    for (kind, content) in
        [(PARAMS, first), (PARAMS, rest), (PARAMS, b""), (STDIN, body)]
    {
        push(&mut bytes, kind, id, content);
    }
    if !body.is_empty() {
        push(&mut bytes, STDIN, id, b"");
    }
    bytes
}

fn record(kind: u8, id: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, kind, id, content);
    bytes
}

/// Records to begin with.
fn corpus() -> Vec<Vec<u8>> {
    let mut asked = Vec::new();
    for name in ["FCGI_MAX_CONNS", "FCGI_MPXS_CONNS", "OTHER"] {
        pairs::push(&mut asked, name, "");
    }
    vec![
        request(1, KEEP_CONN, "/", b""),
        request(1, KEEP_CONN, "/read", b"Hello"),
        request(1, KEEP_CONN, "/open", &[b'x'; 90]),
        request(2, KEEP_CONN, "/some", b"Hello"),
        request(1, KEEP_CONN, "/panic", b"Hello"),
        request(1, KEEP_CONN, "/write", b"Hello"),
        request(1, KEEP_CONN, "/late", b""),
        request(1, KEEP_CONN, "/large", b"Hello"),
        request(0x1234, 0, "/", b"Hello"),
        record(GET_VALUES, 0, &asked),
        [begin(3, 1, 1), record(ABORT_REQUEST, 3, b"")].concat(),
        [begin(3, 2, 1), record(PARAMS, 3, b"abc")].concat(),
    ]
}

/// Pieces that matter to somebody who reads records.
fn tokens() -> Vec<Vec<u8>> {
    vec![
        begin(1, 1, 0),
        begin(1, 1, KEEP_CONN),
        begin(2, 1, KEEP_CONN),
        begin(2, 3, KEEP_CONN),
        record(ABORT_REQUEST, 1, b""),
        record(PARAMS, 1, b""),
        record(PARAMS, 1, &[0; 100]),
        record(PARAMS, 1, b"\x80\0\0\x01\x01AB"),
        record(STDIN, 1, b""),
        record(STDIN, 1, b"more"),
        record(GET_VALUES, 0, b""),
        record(77, 0, b"x"),
        record(77, 1, b"x"),
        record(STDOUT, 1, b"x"),
        record(PARAMS, 1, &[b'x'; 60_000]),
        vec![1],
        vec![0],
        vec![0x80],
        vec![0xff; 4],
        vec![0; 8],
    ]
}

/// Reads all of the body, or some, or none; and fails in some ways.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let mut body = Vec::new();
    match &*path {
        "/read" | "/open" => {
            environ.input.read_to_end(&mut body)?;
        }
        "/some" => drop(environ.input.read_exact(&mut [0; 3])),
        "/panic" => resume_unwind(Box::new(ASKED_FOR)),
        _ => {}
    }
    writeln!(environ.errors, "called")?;
    let headers = [("Content-Type", "text/plain")];
    let mut started = start_response("200 OK", &headers)?;
    match &*path {
        "/late" => {
            started.write_all(b"a")?;
            return Err("after the start".into());
        }
        "/write" => {
            started.write_all(b"a")?;
            started.write_all(b"b")?;
        }
        "/large" => {
            let blocks = [&LARGE[..]; 3].map(|b| Ok(Block::from(b)));
            return Ok(started.body(Body::blocks(blocks)));
        }
        _ => {}
    }
    Ok(started.body(body))
}

/// Three are more than a socket takes at once.
static LARGE: [u8; 100_000] = [b'x'; 100_000];

/// What a web server sends that wants to stay. It makes no request.
const DIRT: &[&[u8]] = &[b"\x01", b"\0", b"\0\0\0", b"x"];

/// The records of a run, taken apart.
#[derive(Default)]
struct Records<'a> {
    /// Those of requests.
    answers: Vec<(Header, &'a [u8])>,
    /// Those of none: they may come between the others.
    replies: Vec<(Header, &'a [u8])>,
    /// How many answers have begun.
    count: usize,
    /// Did one come in several pieces?
    writes_on: bool,
}

/// These must be whole records, and a stream must not be empty before
/// its end, nor go on behind it.
fn records(mut bytes: &[u8]) -> Records<'_> {
    let mut all = Records::default();
    let (mut begun, mut ended, mut errors) = (false, None, Vec::new());
    while let Some((header, rest)) = bytes.split_first_chunk() {
        let header = Header::parse(*header).expect("a header");
        let length = usize::from(header.length);
        let (content, rest) = rest.split_at(length);
        bytes = &rest[usize::from(header.padding)..];
        let of = match header.id {
            0 => &mut all.replies,
            _ => &mut all.answers,
        };
        of.push((header, content));
        match header.kind {
            STDOUT if content.is_empty() => ended = Some(header.id),
            STDOUT => {
                assert_eq!(ended, None, "STDOUT behind its end");
                all.count += usize::from(!begun);
                all.writes_on |= begun;
                begun = true;
            }
            STDERR => errors.extend_from_slice(content),
            END_REQUEST if content[4] == REQUEST_COMPLETE => {
                assert_eq!(ended.take(), Some(header.id));
                begun = false;
            }
            END_REQUEST => {}
            GET_VALUES_RESULT | UNKNOWN_TYPE => {
                assert_eq!(header.id, 0);
                assert!(length < 100, "a long reply");
            }
            kind => panic!("type {kind}"),
        }
    }
    assert!(bytes.is_empty(), "half a header");
    let errors = String::from_utf8_lossy(&errors);
    for line in errors.lines().filter(|l| l.contains("panicked")) {
        assert!(line.ends_with(ASKED_FOR), "{line}");
    }
    all
}

/// Does it not matter when each record comes? It does where a request
/// is given up, or something makes no sense, while it may be answered;
/// or where another begins before the answer has ended, which the
/// server may notice if it `writes_on` after the answer's start.
fn is_timeless(mut bytes: &[u8], writes_on: bool) -> bool {
    let (mut open, mut has_params, mut has_ended) =
        (None, false, false);
    while let Some((header, rest)) = bytes.split_first_chunk() {
        let Ok(header) = Header::parse(*header) else {
            return open.is_none();
        };
        let (length, padding) = (header.length, header.padding);
        let end = usize::from(length) + usize::from(padding);
        let Some((_, rest)) = rest.split_at_checked(end) else { break };
        bytes = rest;
        let is_ours = open == Some(header.id);
        match header.kind {
            _ if header.id == 0 => {}
            _ if has_ended && writes_on => return false,
            BEGIN_REQUEST if open.is_some() => return false,
            BEGIN_REQUEST => {
                (open, has_params) = (Some(header.id), false);
            }
            ABORT_REQUEST | PARAMS if is_ours && has_params => {
                return false;
            }
            ABORT_REQUEST if is_ours => open = None,
            PARAMS if is_ours => has_params = length == 0,
            STDIN if is_ours && length == 0 => {
                (open, has_ended) = (None, true);
            }
            _ => {}
        }
    }
    true
}

/// Each answer has a line in the access log. There may be one more for
/// a request that was given up before its answer began.
fn check_log(told: &Told, records: &Records<'_>, bytes: &[u8]) {
    let lines = told.access_log.lines().count();
    let count = records.count;
    let is_equal = lines == count;
    let is_enough = lines > count && !is_timeless(bytes, true);
    let log = &told.access_log;
    assert!(is_equal || is_enough, "{count} answers, logged: {log}");
}

/// What is held of them must be within the limits.
fn check_memory(bytes: &[u8]) {
    let (mut client, ours) = UnixStream::pair().expect("sockets");
    ours.set_nonblocking(true).expect("an option");
    let ours = TcpStream::from(OwnedFd::from(ours));
    let socket = Socket::new(mio::net::TcpStream::from_std(ours));
    let mut inbound =
        Inbound::new(Arc::new(socket), &Limits::default());
    for block in bytes.chunks(64 * 1024) {
        client.write_all(block).expect("there is room");
        while matches!(inbound.read_now(), Ok(1..)) {}
        loop {
            match inbound.next() {
                Ok(Some(Event::Request)) => drop(inbound.end()),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
            // A vector may take twice what it needs.
            assert!(inbound.params.capacity() <= 2 * PARAMS_LIMIT);
        }
    }
}

fn check(world: &World<FastCgi>, chance: &mut Chance, bytes: &[u8]) {
    let whole = world.run(chance, Script::at_once(bytes)).unwrap();
    let script = Script::cut(chance, bytes);
    let lengths: Vec<usize> =
        script.pieces.iter().map(|(_, piece)| piece.len()).collect();
    let parts = world.run(chance, script).unwrap();
    let all = records(&whole.answers);
    let others = records(&parts.answers);
    check_log(&whole, &all, bytes);
    check_log(&parts, &others, bytes);
    if is_timeless(bytes, all.writes_on || others.writes_on) {
        same(&others.answers, &all.answers, &lengths);
        // What comes behind the last answer may come too late.
        let (some, more) = (&others.replies, &all.replies);
        let count = some.len().min(more.len());
        same(&some[..count], &more[..count], &lengths);
    }
    let script = Script::endless(chance, bytes, DIRT);
    let end = script.end;
    match world.run(chance, script) {
        Ok(told) => check_log(&told, &records(&told.answers), bytes),
        Err(fault) => panic!("{fault}: {end:?}"),
    }
    check_memory(bytes);
}

fn same(
    parts: &[(Header, &[u8])],
    whole: &[(Header, &[u8])],
    lengths: &[usize],
) {
    for ((head, part), (of, whole)) in parts.iter().zip(whole) {
        let shown = [part, whole].map(|c| &c[..c.len().min(999)]);
        let [start, of_whole] = shown.map(|c| c.escape_ascii());
        let (start, of_whole) =
            (start.to_string(), of_whole.to_string());
        assert_eq!((head, start), (of, of_whole), "cut to {lengths:?}");
        assert!(part == whole, "cut to {lengths:?}");
    }
    assert_eq!(parts.len(), whole.len(), "cut to {lengths:?}");
}

#[test]
fn half_a_request_has_a_requests_time_even_behind_another() {
    let probe = request(1, 0, PROBE, b"");
    let world =
        World::<FastCgi>::enter(&application, (probe, "200 OK"));
    let mut bytes = request(1, KEEP_CONN, "/", b"");
    bytes.extend(&begin(2, 1, KEEP_CONN)[..5]);
    let script =
        Script { end: End::Silence, ..Script::at_once(&bytes) };
    let told = world.run(&mut Chance::new(1), script).unwrap();
    let head = Duration::from_secs(2)..Duration::from_millis(2_500);
    assert!(head.contains(&told.time), "closed: {:?}", told.time);
    world.leave();
}

#[test]
fn fuzz_fastcgi() {
    let probe = request(1, 0, PROBE, b"");
    let world = World::enter(&application, (probe, "200 OK"));
    let (corpus, tokens) = (corpus(), tokens());
    let corpus: Vec<&[u8]> = corpus.iter().map(|c| &**c).collect();
    let tokens: Vec<&[u8]> = tokens.iter().map(|t| &**t).collect();
    fuzz(&corpus, &tokens, |chance, bytes| {
        check(&world, chance, bytes);
    });
    world.leave();
}
