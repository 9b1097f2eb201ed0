//! `gateway::fastcgi`, from outside: every record, as bytes.
//!
//! Records are made and read here by a hand of their own, lest the
//! library agree with its own mistakes.
#![cfg(unix)]

#[path = "bound/mod.rs"]
mod bound;
#[path = "it/support/mod.rs"]
mod support;

use bound::bound;
use gateway::fastcgi::{Limits, Server, Stopper};
use gateway::{
    Block, Body, Environ, ErrorLog, Response, Result, StartResponse,
};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use support::{Folder, Log, wait_until};

const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain")];

/// Longer than anything takes, unless it hangs.
const LONG: Duration = Duration::from_secs(20);
/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(200);

// Section 8
const BEGIN: u8 = 1;
const ABORT: u8 = 2;
const END: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;
const DATA: u8 = 8;
const GET_VALUES: u8 = 9;
const GET_VALUES_RESULT: u8 = 10;
const UNKNOWN_TYPE: u8 = 11;

const KEEP: u8 = 1;
const CLOSE: u8 = 0;

fn record(kind: u8, id: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("fits");
    let ([i, d], [l, n]) = (id.to_be_bytes(), length.to_be_bytes());
    [&[1, kind, i, d, l, n, 0, 0], content].concat()
}

fn begin(id: u16, role: u8, flags: u8) -> Vec<u8> {
    record(BEGIN, id, &[0, role, flags, 0, 0, 0, 0, 0])
}

/// A pair, with short lengths where they fit, or long ones anyway.
fn pair(name: &str, value: &str, is_long: bool) -> Vec<u8> {
    let length = |text: &str| match text.len() {
        length @ 0..=127 if !is_long => vec![length as u8],
        length => (length as u32 | 1 << 31).to_be_bytes().to_vec(),
    };
    [&length(name), &length(value), name.as_bytes(), value.as_bytes()]
        .concat()
}

/// The usual variables of a request, and some more.
fn pairs(method: &str, path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let usual = [("REQUEST_METHOD", method), ("PATH_INFO", path)];
    let all = usual.iter().chain(more);
    all.flat_map(|(name, value)| pair(name, value, false)).collect()
}

/// A whole request.
fn request(flags: u8, params: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = begin(1, 1, flags);
    bytes.extend(record(PARAMS, 1, params));
    bytes.extend(record(PARAMS, 1, &[]));
    for piece in body.chunks(60_000) {
        bytes.extend(record(STDIN, 1, piece));
    }
    bytes.extend(record(STDIN, 1, &[]));
    bytes
}

fn get(flags: u8, path: &str) -> Vec<u8> {
    request(flags, &pairs("GET", path, &[]), &[])
}

fn post(flags: u8, path: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let more = [("CONTENT_LENGTH", &*length)];
    request(flags, &pairs("POST", path, &more), body)
}

/// A server in this process, stopped with this value.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    log: Log,
    thread: Option<JoinHandle<io::Result<()>>>,
}

fn serve(
    limits: Limits,
    app: impl Fn(&mut Environ, StartResponse<'_>) -> Result<Response>
    + Send
    + Sync
    + 'static,
) -> Serving {
    serve_by(|server| server.limits(limits), app)
}

fn serve_by(
    change: impl FnOnce(Server) -> Server,
    app: impl Fn(&mut Environ, StartResponse<'_>) -> Result<Response>
    + Send
    + Sync
    + 'static,
) -> Serving {
    let log = Log::default();
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server = change(server.errors(ErrorLog::new(log.clone())));
    let address = server.address();
    let stopper = server.stopper();
    let thread = Some(thread::spawn(move || server.serve(app)));
    Serving { address, stopper, log, thread }
}

impl Serving {
    fn connect(&self) -> Peer<TcpStream> {
        let stream =
            TcpStream::connect(self.address).expect("connects");
        stream.set_nodelay(true).expect("an option");
        stream.set_read_timeout(Some(LONG)).expect("an option");
        stream.set_write_timeout(Some(LONG)).expect("an option");
        Peer(stream)
    }

    fn send(&self, bytes: &[u8]) -> Peer<TcpStream> {
        let mut peer = self.connect();
        peer.send(bytes);
        peer
    }

    /// The answer to a request on a connection of its own.
    fn ask(&self, bytes: &[u8]) -> Answer {
        self.send(bytes).answer()
    }

    fn join(&mut self) {
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopper.stop();
        if self.thread.is_some() && !thread::panicking() {
            self.join();
        }
    }
}

/// A record as it came.
#[derive(Debug, PartialEq)]
struct Record {
    kind: u8,
    id: u16,
    content: Vec<u8>,
}

/// What came back for a request.
#[derive(Debug, Default, PartialEq)]
struct Answer {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// The end's protocol status; `None` without an end.
    end: Option<u8>,
}

impl Answer {
    fn text(&self) -> String {
        assert_eq!(self.end, Some(0), "{self:?}");
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    fn body(&self) -> String {
        let text = self.text();
        let (_, body) = text.split_once("\r\n\r\n").expect("a head");
        body.to_string()
    }

    fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// A web server's end of a connection.
struct Peer<S>(S);

impl<S: Read + Write> Peer<S> {
    fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("is sent");
    }

    /// The next record; `None` at the end of the connection.
    fn record(&mut self) -> Option<Record> {
        let mut header = [0; 8];
        match self.0.read(&mut header[..1]) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::ConnectionReset => {
                return None;
            }
            Err(error) => panic!("{error}"),
        }
        self.0.read_exact(&mut header[1..]).expect("a header");
        let [version, kind, i, d, l, n, padding, _] = header;
        assert_eq!(version, 1);
        let length = usize::from(u16::from_be_bytes([l, n]));
        assert_eq!((length + usize::from(padding)) % 8, 0, "aligned");
        let mut content = vec![0; length + usize::from(padding)];
        self.0.read_exact(&mut content).expect("the content");
        content.truncate(length);
        let id = u16::from_be_bytes([i, d]);
        Some(Record { kind, id, content })
    }

    /// All records of request 1 up to its end, or the connection's.
    fn answer(&mut self) -> Answer {
        let (mut answer, mut is_out) = (Answer::default(), true);
        let mut is_said = true;
        while let Some(record) = self.record() {
            assert_eq!(record.id, 1, "{record:?}");
            match record.kind {
                STDOUT => {
                    assert!(is_out, "behind the stream's end");
                    is_out = !record.content.is_empty();
                    answer.stdout.extend(record.content);
                }
                STDERR => {
                    is_said = record.content.is_empty();
                    answer.stderr.extend(record.content);
                }
                END => {
                    assert_eq!(record.content[..4], [0; 4]);
                    assert_eq!(record.content.len(), 8);
                    answer.end = Some(record.content[4]);
                    assert!(!is_out, "the stream has no end");
                    assert!(is_said, "nor has that of messages");
                    break;
                }
                kind => panic!("type {kind}"),
            }
        }
        answer
    }

    /// The status with which request `id` is ended, and nothing else.
    fn refusal(&mut self, id: u16) -> u8 {
        let record = self.record().expect("a record");
        assert_eq!((record.kind, record.id), (END, id));
        record.content[4]
    }

    #[track_caller]
    fn is_closed(&mut self) {
        assert_eq!(self.record(), None);
    }
}

fn hello(
    _environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    Ok(start_response("200 OK", TEXT)?.body("Hello"))
}

/// All variables, a line for each, and the body.
fn show(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let mut page = String::new();
    for (name, value) in environ.variables() {
        page += &format!("{name}={}\n", value.escape_ascii());
    }
    environ.input.read_to_string(&mut page)?;
    Ok(start_response("200 OK", TEXT)?.body(page))
}

/// Says how much body there was.
fn count(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let bytes = io::copy(&mut environ.input, &mut io::sink())?;
    let page = format!("{bytes} bytes");
    Ok(start_response("200 OK", TEXT)?.body(page))
}

// Records

#[test]
fn an_answer_is_these_bytes() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.send(&get(CLOSE, "/"));
    let mut bytes = Vec::new();
    peer.0.read_to_end(&mut bytes).unwrap();
    let head = "Status: 200 OK\r\nContent-Type: text/plain\r\n\
                Content-Length: 5\r\n\r\nHello";
    // 68 bytes of answer, and 4 of padding.
    assert_eq!(head.len(), 68);
    let expected = [
        b"\x01\x06\0\x01\0\x44\x04\0",
        head.as_bytes(),
        b"\0\0\0\0",
        b"\x01\x06\0\x01\0\0\0\0",
        b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0",
    ];
    assert_eq!(
        bytes.escape_ascii().to_string(),
        expected.concat().escape_ascii().to_string()
    );
}

#[test]
fn variables_and_body_arrive_however_they_are_cut() {
    let serving = serve(Limits::default(), show);
    let more = [("CONTENT_LENGTH", "5"), ("HTTP_X", "y")];
    let params = pairs("POST", "/\u{e9}", &more);
    let mut bytes = begin(1, 1, KEEP);
    // Records that cut a name, a value, and a length.
    for piece in params.chunks(3) {
        bytes.extend(record(PARAMS, 1, piece));
    }
    bytes.extend(record(PARAMS, 1, &[]));
    for piece in ["He", "l", "lo"] {
        bytes.extend(record(STDIN, 1, piece.as_bytes()));
    }
    bytes.extend(record(STDIN, 1, &[]));
    let mut peer = serving.connect();
    for at in 0..=bytes.len() {
        peer.send(&bytes[..at]);
        // Not for luck: the server is to see a part, if it can.
        thread::yield_now();
        peer.send(&bytes[at..]);
        assert_eq!(
            peer.answer().body(),
            "CONTENT_LENGTH=5\nHTTP_X=y\nPATH_INFO=/\\xc3\\xa9\n\
             REQUEST_METHOD=POST\nHello",
            "cut at {at}"
        );
    }
    for byte in bytes {
        peer.send(&[byte]);
    }
    assert!(peer.answer().body().ends_with("\nHello"));
}

#[test]
fn lengths_may_be_short_or_long() {
    let serving = serve(Limits::default(), show);
    for length in [0, 1, 127, 128, 255, 256, 40_000] {
        let text = "x".repeat(length);
        for is_long in [false, true] {
            let mut params = pair("REQUEST_METHOD", "GET", is_long);
            params.extend(pair("LONG", &text, is_long));
            params.extend(pair("", "", is_long));
            let mut page =
                serving.ask(&request(0, &params, &[])).body();
            assert_eq!(page.remove(0), '=', "a pair of nothing");
            let line = format!("LONG={text}\n");
            assert!(page.contains(&line), "{length} {is_long}");
        }
    }
    let name = "N".repeat(300);
    let params = pair(&name, "value", false);
    let page = serving.ask(&request(CLOSE, &params, &[])).body();
    assert_eq!(page, format!("{name}=value\n"));
}

#[test]
fn variables_that_are_cut_short_are_a_bad_request() {
    let serving = serve(Limits::default(), show);
    let mut params = pairs("GET", "/here", &[]);
    params.extend(pair("LAST", "value", true));
    for missing in 1..17 {
        let params = &params[..params.len() - missing];
        let answer = serving.ask(&request(CLOSE, params, &[]));
        let text = answer.text();
        assert!(text.starts_with("Status: 400 Bad Request\r\n"));
        assert_eq!(
            answer.errors(),
            "GET /here: 400 Bad Request: the variables are cut short\n"
        );
    }
}

/// As HTTP joins them; nginx before 1.23 passes each by itself. Others
/// are not a client's, and the last of them counts.
#[test]
fn fields_that_come_twice_are_joined() {
    let serving = serve(Limits::default(), show);
    let more = [
        ("HTTP_X_NAME", "one"),
        ("HTTP_COOKIE", "a=1"),
        ("HTTP_HOST", "one"),
        ("REMOTE_USER", "one"),
        ("HTTP_X_NAME", "two"),
        ("HTTP_COOKIE", "b=2"),
        ("HTTP_HOST", "two"),
        ("REMOTE_USER", "two"),
    ];
    let params = pairs("GET", "/", &more);
    let page = serving.ask(&request(CLOSE, &params, &[])).body();
    for line in [
        "HTTP_X_NAME=one, two",
        "HTTP_COOKIE=a=1; b=2",
        "HTTP_HOST=two",
        "REMOTE_USER=two",
    ] {
        let found = page.lines().any(|other| other == line);
        assert!(found, "{line} is not in {page}");
    }
}

#[test]
fn padding_is_passed_over() {
    let serving = serve(Limits::default(), show);
    let mut bytes = Vec::new();
    for mut record in [
        begin(1, 1, CLOSE),
        record(PARAMS, 1, &pairs("POST", "", &[])),
        record(PARAMS, 1, &[]),
        record(STDIN, 1, b"body"),
        record(STDIN, 1, &[]),
    ] {
        record[6] = 255;
        record.extend([1; 255]);
        bytes.extend(record);
    }
    let page = serving.ask(&bytes).body();
    assert_eq!(page, "PATH_INFO=\nREQUEST_METHOD=POST\nbody");
}

#[test]
fn a_long_answer_is_cut_into_records() {
    let body = |length| "x".repeat(length);
    let serving = serve(Limits::default(), move |environ, start| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let length = path.parse().expect("a number");
        Ok(start("200 OK", TEXT)?.body(body(length)))
    });
    for length in [65_527, 65_528, 65_529, 65_535, 65_536, 1_000_000] {
        let page = serving.ask(&get(CLOSE, &length.to_string())).body();
        assert_eq!(page.len(), length);
    }
}

#[test]
fn an_empty_block_does_not_end_the_stream() {
    let serving = serve(Limits::default(), |_, start| {
        Ok(start("200 OK", TEXT)?.body(["", "a", "", "b", ""]))
    });
    assert_eq!(serving.ask(&get(CLOSE, "/")).body(), "ab");
}

#[test]
fn an_answer_without_a_body_is_whole() {
    let serving = serve(Limits::default(), |_, start| {
        Ok(start("204 No Content", &[])?.body(""))
    });
    let answer = serving.ask(&get(CLOSE, "/"));
    assert_eq!(answer.text(), "Status: 204 No Content\r\n\r\n");
}

// Connections

#[test]
fn who_closes_is_said_by_the_web_server() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.connect();
    for _ in 0..3 {
        peer.send(&get(KEEP, "/"));
        assert_eq!(peer.answer().body(), "Hello");
    }
    peer.send(&get(CLOSE, "/"));
    assert_eq!(peer.answer().body(), "Hello");
    peer.is_closed();
}

#[test]
fn requests_may_be_sent_ahead() {
    let serving = serve(Limits::default(), count);
    let mut peer = serving.connect();
    let both = [post(KEEP, "/", b"12345"), get(CLOSE, "/")].concat();
    peer.send(&both);
    assert_eq!(peer.answer().body(), "5 bytes");
    assert_eq!(peer.answer().body(), "0 bytes");
    peer.is_closed();
}

#[test]
fn a_body_that_nobody_reads_is_passed_over() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.connect();
    let body = vec![b'x'; 3_000_000];
    let theirs = peer.0.try_clone().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut peer = Peer(theirs);
            peer.send(&post(KEEP, "/", &body));
            peer.send(&post(CLOSE, "/", &body));
        });
        assert_eq!(peer.answer().body(), "Hello");
        assert_eq!(peer.answer().body(), "Hello");
        peer.is_closed();
    });
}

#[test]
fn a_second_request_meanwhile_is_refused() {
    let serving = serve(Limits::default(), |environ, start| {
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        Ok(start("200 OK", TEXT)?.body(body))
    });
    let more = [("CONTENT_LENGTH", "4")];
    let params = pairs("POST", "/", &more);
    let mut peer = serving.send(&begin(1, 1, KEEP));
    // While the variables come, and while the body does.
    peer.send(&begin(2, 1, KEEP));
    assert_eq!(peer.refusal(2), 1, "CANT_MPX_CONN");
    peer.send(&record(PARAMS, 2, b"no pairs"));
    peer.send(&record(PARAMS, 1, &params));
    peer.send(&record(PARAMS, 1, &[]));
    peer.send(&record(STDIN, 1, b"ab"));
    peer.send(&begin(3, 1, CLOSE));
    assert_eq!(peer.refusal(3), 1, "CANT_MPX_CONN");
    peer.send(&record(STDIN, 3, b"is not ours"));
    peer.send(&record(ABORT, 3, &[]));
    peer.send(&record(STDIN, 1, b"cd"));
    peer.send(&record(STDIN, 1, &[]));
    assert_eq!(peer.answer().body(), "abcd");
    // That one's flag has no meaning.
    peer.send(&get(CLOSE, "/"));
    assert_eq!(peer.answer().body(), "");
    peer.is_closed();
}

#[test]
fn another_role_is_refused() {
    let serving = serve(Limits::default(), hello);
    for role in [0, 2, 3, 4] {
        let mut peer = serving.send(&begin(7, role, KEEP));
        assert_eq!(peer.refusal(7), 3, "UNKNOWN_ROLE");
        // What belongs to it is passed over.
        peer.send(&record(PARAMS, 7, b"x"));
        peer.send(&record(STDIN, 7, &[]));
        peer.send(&record(DATA, 7, b"x"));
        peer.send(&get(CLOSE, "/"));
        assert_eq!(peer.answer().body(), "Hello");
        let mut peer = serving.send(&begin(7, role, CLOSE));
        assert_eq!(peer.refusal(7), 3, "UNKNOWN_ROLE");
        peer.is_closed();
    }
}

#[test]
fn values_that_are_known_are_told() {
    let limits = Limits { connections: 17, ..Limits::default() };
    let serving = serve(limits, hello);
    let mut peer = serving.connect();
    let names = ["FCGI_MPXS_CONNS", "FCGI_OTHER", "FCGI_MAX_CONNS"];
    let asked = names.map(|name| pair(name, "", false)).concat();
    peer.send(&record(GET_VALUES, 0, &asked));
    let told = [
        pair("FCGI_MAX_CONNS", "17", false),
        pair("FCGI_MPXS_CONNS", "0", false),
    ];
    let content = told.concat();
    let expected = Record { kind: GET_VALUES_RESULT, id: 0, content };
    assert_eq!(peer.record(), Some(expected));
    peer.send(&record(GET_VALUES, 0, &[]));
    let expected =
        Record { kind: GET_VALUES_RESULT, id: 0, content: vec![] };
    assert_eq!(peer.record(), Some(expected));
    peer.send(&get(CLOSE, "/"));
    assert_eq!(peer.answer().body(), "Hello");
}

#[test]
fn values_are_told_while_a_request_is_under_way() {
    let serving = serve(Limits::default(), count);
    let params = pairs("POST", "/", &[]);
    let mut bytes = request(CLOSE, &params, b"12345");
    let end = bytes.split_off(bytes.len() - 8);
    let mut peer = serving.send(&bytes);
    peer.send(&record(GET_VALUES, 0, &pair("FCGI_MAX_REQS", "", true)));
    let told = peer.record().expect("a record");
    assert_eq!(told.content, pair("FCGI_MAX_REQS", "20000", false));
    peer.send(&end);
    assert_eq!(peer.answer().body(), "5 bytes");
}

#[test]
fn a_management_record_of_an_unknown_type_is_named() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.connect();
    for kind in [0, 11, 12, 255] {
        peer.send(&record(kind, 0, b"whatever"));
        let content = vec![kind, 0, 0, 0, 0, 0, 0, 0];
        let expected = Record { kind: UNKNOWN_TYPE, id: 0, content };
        assert_eq!(peer.record(), Some(expected));
    }
    // Of a request's records only those that are known count.
    let mut bytes = begin(1, 1, CLOSE);
    bytes.extend(record(200, 1, b"whatever"));
    bytes.extend(record(PARAMS, 1, &[]));
    bytes.extend(record(DATA, 1, b"whatever"));
    bytes.extend(record(STDIN, 1, &[]));
    peer.send(&bytes);
    assert_eq!(peer.answer().body(), "Hello");
}

#[test]
fn what_makes_no_sense_ends_the_connection() {
    let serving = serve(Limits::default(), hello);
    for (bytes, reason) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "a record of version 71"),
        (record(BEGIN, 1, b"short"), "a request begins without a role"),
        (begin(1, 1, 1).repeat(2), "a request begins twice"),
        (
            [begin(1, 1, 1), record(STDIN, 1, &[])].concat(),
            "a body before the variables' end",
        ),
    ] {
        let mut peer = serving.send(&bytes);
        peer.is_closed();
        wait_until(reason, || serving.log.text().contains(reason));
    }
    // Here the application has been called.
    let end = record(PARAMS, 1, &[]);
    let bytes = [begin(1, 1, 1), end.repeat(2)].concat();
    let mut peer = serving.send(&bytes);
    assert_eq!(peer.answer().body(), "Hello");
    peer.is_closed();
}

#[test]
fn a_connection_that_ends_early_is_no_request() {
    let called = Arc::new(Mutex::new(0));
    let ours = Arc::clone(&called);
    let serving = serve(Limits::default(), move |environ, start| {
        *ours.lock().unwrap() += 1;
        hello(environ, start)
    });
    let bytes = get(KEEP, "/");
    // The last record, and the last of PARAMS, are missing.
    for end in 0..bytes.len() - 16 {
        let mut peer = serving.send(&bytes[..end]);
        peer.0.shutdown(Shutdown::Write).unwrap();
        peer.is_closed();
    }
    assert_eq!(*called.lock().unwrap(), 0);
    assert_eq!(serving.log.text(), "");
}

// Bodies

#[test]
fn a_body_ends_at_its_content_length() {
    let serving = serve(Limits::default(), count);
    let ask = |length: &str, body: &[u8]| {
        let more = [("CONTENT_LENGTH", length)];
        let params = pairs("POST", "/", &more);
        serving.ask(&request(CLOSE, &params, body))
    };
    assert_eq!(ask("3", b"12345").body(), "3 bytes");
    assert_eq!(ask("0", b"12345").body(), "0 bytes");
    // A web server that does not know it leaves it empty.
    assert_eq!(ask("", b"12345").body(), "5 bytes");
    let answer = ask("7", b"12345");
    assert!(answer.text().starts_with("Status: 400 Bad Request\r\n"));
    assert_eq!(
        answer.errors(),
        "POST /: 400 Bad Request: the request's body ends 2 bytes \
         early\n"
    );
    let answer = ask("1x", b"1");
    assert!(answer.text().starts_with("Status: 400 Bad Request\r\n"));
}

#[test]
fn a_body_is_limited() {
    let limits = Limits { body: 4, ..Limits::default() };
    let serving = serve(limits, count);
    assert_eq!(
        serving.ask(&post(CLOSE, "/", b"1234")).body(),
        "4 bytes"
    );
    let params = pairs("POST", "/", &[]);
    for bytes in
        [post(CLOSE, "/", b"12345"), request(CLOSE, &params, b"12345")]
    {
        let answer = serving.ask(&bytes);
        let text = answer.text();
        assert!(text.starts_with("Status: 413 Content Too Large\r\n"));
        assert_eq!(
            answer.errors(),
            "POST /: 413 Content Too Large: the body has more than 4 \
             bytes\n"
        );
    }
}

#[test]
fn variables_are_limited() {
    const LIMIT: usize = 128 * 1024;
    let serving = serve(Limits::default(), hello);
    let ask = |length: usize| {
        let mut params = pairs("GET", "/path", &[]);
        let rest = length - params.len() - 6;
        params.extend(pair("X", &"x".repeat(rest), false));
        assert_eq!(params.len(), length);
        let mut bytes = begin(1, 1, CLOSE);
        for piece in params.chunks(9999) {
            bytes.extend(record(PARAMS, 1, piece));
        }
        bytes.extend(record(PARAMS, 1, &[]));
        bytes.extend(record(STDIN, 1, &[]));
        serving.ask(&bytes)
    };
    assert!(ask(LIMIT).text().starts_with("Status: 200 OK\r\n"));
    let answer = ask(LIMIT + 1);
    let status = "Status: 431 Request Header Fields Too Large\r\n";
    assert!(answer.text().starts_with(status));
    assert_eq!(
        answer.errors(),
        "GET /path: 431 Request Header Fields Too Large: 131073 bytes \
         of variables\n"
    );
}

#[test]
fn the_number_of_variables_is_limited() {
    let serving = serve(Limits::default(), hello);
    for (count, status) in [(1000, "200 OK"), (1001, "431 Request")] {
        let params = pair("N", "", false).repeat(count);
        let text = serving.ask(&request(CLOSE, &params, &[])).text();
        assert!(text.starts_with(&format!("Status: {status}")));
    }
}

/// Sends a piece of the body when it has seen the last one's echo.
#[test]
fn body_and_answer_are_streamed() {
    let serving = serve(Limits::default(), |environ, start| {
        let mut started = start("200 OK", TEXT)?;
        let mut line = String::new();
        while environ.input.read_line(&mut line)? > 0 {
            started.write_all(line.as_bytes())?;
            line.clear();
        }
        Ok(started.body("."))
    });
    let mut bytes = begin(1, 1, CLOSE);
    bytes.extend(record(PARAMS, 1, &pairs("POST", "/", &[])));
    bytes.extend(record(PARAMS, 1, &[]));
    let mut peer = serving.send(&bytes);
    for line in ["one\n", "two\n", "three\n"] {
        peer.send(&record(STDIN, 1, line.as_bytes()));
        let echo = peer.record().expect("a record");
        assert_eq!(echo.kind, STDOUT);
        assert!(echo.content.ends_with(line.as_bytes()), "{echo:?}");
    }
    peer.send(&record(STDIN, 1, &[]));
    assert_eq!(peer.answer().stdout, b".");
}

/// In KiB.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_huge_body_takes_no_memory() {
    const BLOCK: usize = 60_000;
    const BLOCKS: usize = 3500;
    let serving = serve(Limits::default(), |environ, start| {
        io::copy(&mut environ.input, &mut io::sink())?;
        let block = || Ok(Block::from(vec![b'x'; BLOCK]));
        let blocks = (0..BLOCKS).map(move |_| block());
        Ok(start("200 OK", TEXT)?.body(Body::blocks(blocks)))
    });
    let length = (BLOCK * BLOCKS).to_string();
    let more = [("CONTENT_LENGTH", &*length)];
    let params = pairs("POST", "/", &more);
    let mut bytes = begin(1, 1, CLOSE);
    bytes.extend(record(PARAMS, 1, &params));
    bytes.extend(record(PARAMS, 1, &[]));
    let mut peer = serving.send(&bytes);
    let before = memory();
    let block = record(STDIN, 1, &[b'x'; BLOCK]);
    for _ in 0..BLOCKS {
        peer.send(&block);
    }
    peer.send(&record(STDIN, 1, &[]));
    let mut received = 0;
    let end = loop {
        let record = peer.record().expect("a record");
        match record.kind {
            STDOUT => received += record.content.len(),
            kind => break kind,
        }
    };
    assert_eq!(end, END);
    assert!(received > BLOCK * BLOCKS);
    // 200 MB went in, and 200 MB came out. Other tests run meanwhile.
    let more = memory().saturating_sub(before);
    assert!(more < 64 * 1024, "{more} KiB more");
}

#[test]
fn a_short_answer_is_one_write() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.send(&get(KEEP, "/"));
    let mut bytes = [0; 1000];
    let length = peer.0.read(&mut bytes).unwrap();
    let end = b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0";
    assert!(bytes[..length].ends_with(end));
}

/// Closing may take its time.
#[test]
fn a_body_is_closed_behind_its_last_bytes() {
    struct Close(Receiver<()>);
    impl Drop for Close {
        fn drop(&mut self) {
            self.0.recv_timeout(LONG).expect("the bytes have come");
        }
    }
    let (go, wait) = sync_channel(1);
    let wait = Mutex::new(Some(wait));
    let serving = serve(Limits::default(), move |_, start| {
        let mut close = wait.lock().unwrap().take().map(Close);
        let blocks = std::iter::from_fn(move || {
            let _ = &mut close;
            Some(Ok(Block::from(&b"Hello"[..])))
        });
        let headers = [TEXT, &[("Content-Length", "5")]].concat();
        Ok(start("200 OK", &headers)?.body(Body::blocks(blocks)))
    });
    let mut peer = serving.send(&get(CLOSE, "/"));
    let record = peer.record().expect("a record");
    assert!(record.content.ends_with(b"Hello"));
    go.send(()).unwrap();
    assert_eq!(peer.answer().end, Some(0));
}

// The error log

#[test]
fn messages_go_to_the_web_server() {
    let serving = serve(Limits::default(), |environ, start| {
        writeln!(environ.errors, "before")?;
        let started = start("200 OK", TEXT)?;
        write!(environ.errors, "no line end")?;
        Ok(started.body("body"))
    });
    let answer = serving.ask(&get(CLOSE, "/"));
    assert_eq!(answer.body(), "body");
    assert_eq!(answer.errors(), "before\nno line end\n");
    assert_eq!(serving.log.text(), "");
}

#[test]
fn a_message_is_sent_at_once() {
    let (go, wait) = sync_channel::<()>(1);
    let wait = Mutex::new(wait);
    let serving = serve(Limits::default(), move |environ, start| {
        writeln!(environ.errors, "under way")?;
        wait.lock().unwrap().recv_timeout(LONG)?;
        hello(environ, start)
    });
    let mut peer = serving.send(&get(CLOSE, "/"));
    let record = peer.record().expect("a record");
    assert_eq!(
        (record.kind, &*record.content),
        (STDERR, &b"under way\n"[..])
    );
    go.send(()).unwrap();
    assert_eq!(peer.answer().body(), "Hello");
}

#[test]
fn a_long_message_is_cut_into_records() {
    let serving = serve(Limits::default(), |environ, start| {
        environ.errors.write_all("x\n".repeat(50_000).as_bytes())?;
        hello(environ, start)
    });
    let answer = serving.ask(&get(CLOSE, "/"));
    assert_eq!(answer.errors().len(), 100_000);
}

#[test]
fn the_access_log_has_a_line_for_each_request() {
    let log = Log::default();
    let ours = ErrorLog::new(log.clone());
    let serving = serve_by(|server| server.access_log(ours), hello);
    let more = [
        ("REMOTE_ADDR", "192.0.2.1"),
        ("REQUEST_URI", "/a?b"),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
    ];
    let params = pairs("GET", "/a", &more);
    serving.ask(&request(CLOSE, &params, &[]));
    let line = log.text();
    assert!(line.starts_with("192.0.2.1 - - ["), "{line}");
    assert!(
        line.ends_with("] \"GET /a?b HTTP/1.1\" 200 5\n"),
        "{line}"
    );
}

/// A log that is kept for longer than its request must not write into
/// the next one's.
#[test]
fn a_log_outlives_its_request() {
    let kept: Arc<Mutex<Option<ErrorLog>>> = Arc::default();
    let ours = Arc::clone(&kept);
    let serving = serve(Limits::default(), move |environ, start| {
        ours.lock()
            .unwrap()
            .get_or_insert_with(|| environ.errors.clone());
        hello(environ, start)
    });
    let mut peer = serving.send(&get(KEEP, "/"));
    assert_eq!(peer.answer().errors(), "");
    let mut log = kept.lock().unwrap().take().unwrap();
    writeln!(log, "later").unwrap();
    assert_eq!(serving.log.text(), "later\n");
    let mut bytes = get(KEEP, "/");
    let end = bytes.split_off(bytes.len() - 24);
    peer.send(&bytes);
    writeln!(log, "during the next").unwrap();
    peer.send(&end);
    assert_eq!(peer.answer().errors(), "");
    assert_eq!(serving.log.text(), "later\nduring the next\n");
}

/// Nor must an input read from the next one's body, or wait for it.
#[test]
fn an_input_outlives_its_request() {
    type Input = Box<dyn BufRead + Send>;
    let kept: Arc<Mutex<Option<Input>>> = Arc::default();
    let ours = Arc::clone(&kept);
    let serving = serve(Limits::default(), move |environ, start| {
        let empty = Box::new(io::empty());
        let input = std::mem::replace(&mut environ.input, empty);
        *ours.lock().unwrap() = Some(input);
        hello(environ, start)
    });
    let mut peer = serving.send(&post(KEEP, "/", b"12345"));
    assert_eq!(peer.answer().body(), "Hello");
    let mut input = kept.lock().unwrap().take().unwrap();
    let error = input.read_to_string(&mut String::new()).unwrap_err();
    let gone = "the request that this body belonged to is over";
    assert_eq!(error.to_string(), gone);
}

#[test]
fn errors_and_panics_are_answered() {
    let serving = serve(Limits::default(), |environ, start| {
        match environ.bytes("PATH_INFO") {
            Some(b"/error") => Err("is wrong".into()),
            Some(b"/panic") => panic!("is worse"),
            _ => hello(environ, start),
        }
    });
    let mut peer = serving.connect();
    for (path, message) in [
        ("/error", "GET /error: is wrong\n"),
        ("/panic", "GET /panic: the application panicked: is worse\n"),
    ] {
        peer.send(&get(KEEP, path));
        let answer = peer.answer();
        let status = "Status: 500 Internal Server Error\r\n";
        assert!(answer.text().starts_with(status));
        assert_eq!(answer.errors(), message);
    }
    peer.send(&get(KEEP, "/"));
    assert_eq!(peer.answer().body(), "Hello");
}

#[test]
fn an_answer_that_fails_halfway_has_no_end() {
    let serving = serve(Limits::default(), |_, start| {
        let mut started = start("200 OK", TEXT)?;
        started.write_all(b"half")?;
        Err("of it".into())
    });
    let mut peer = serving.send(&get(KEEP, "/half"));
    let answer = peer.answer();
    assert!(answer.stdout.ends_with(b"\r\n\r\nhalf"));
    assert_eq!(answer.errors(), "GET /half: of it\n");
    assert_eq!(answer.end, None);
}

/// What fails to be dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("when it is dropped");
    }
}

#[test]
fn a_panic_after_the_answer_ends_nothing_else() {
    const BOMB: gateway::Key<Bomb> = gateway::Key::new("test.bomb");
    let serving = serve(Limits::default(), |environ, start| {
        if environ.bytes("PATH_INFO") == Some(b"/bomb") {
            environ.insert(BOMB, Bomb);
        }
        hello(environ, start)
    });
    for _ in 0..9 {
        let answer = serving.ask(&get(KEEP, "/bomb"));
        assert_eq!(answer.body(), "Hello");
        let line = "GET /bomb: the application panicked: \
            when it is dropped\n";
        assert_eq!(answer.errors(), line);
    }
    assert_eq!(serving.ask(&get(CLOSE, "/")).body(), "Hello");
}

/// An error that cannot be shown.
#[derive(Debug)]
struct Mute;

impl std::fmt::Display for Mute {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}
impl std::error::Error for Mute {}

#[test]
fn errors_that_cannot_be_shown_take_no_turn_with_them() {
    let serving = serve(Limits::default(), |environ, start| {
        match environ.bytes("PATH_INFO") {
            Some(b"/mute") => Err(Mute.into()),
            _ => hello(environ, start),
        }
    });
    for _ in 0..9 {
        let answer = serving.ask(&get(KEEP, "/mute"));
        assert_eq!(answer.body(), "500 Internal Server Error\n");
        let line = "GET /mute: an error that cannot be shown\n";
        assert_eq!(answer.errors(), line);
    }
    assert_eq!(serving.ask(&get(CLOSE, "/")).body(), "Hello");
}

// Abort

#[test]
fn a_request_may_be_aborted_before_it_is_whole() {
    let serving = serve(Limits::default(), hello);
    let params = record(PARAMS, 1, &pairs("GET", "/", &[]));
    let mut peer = serving.connect();
    peer.send(&[begin(1, 1, KEEP), params.clone()].concat());
    peer.send(&record(ABORT, 1, &[]));
    let nothing = Answer { end: Some(0), ..Answer::default() };
    assert_eq!(peer.answer(), nothing);
    // What is on its way belongs to nobody.
    peer.send(&[params, record(ABORT, 1, &[])].concat());
    peer.send(&get(KEEP, "/"));
    assert_eq!(peer.answer().body(), "Hello");
    peer.send(&[begin(1, 1, CLOSE), record(ABORT, 1, &[])].concat());
    assert_eq!(peer.answer(), nothing);
    peer.is_closed();
}

#[test]
fn who_reads_the_body_is_told_of_an_abort() {
    let serving = serve(Limits::default(), count);
    let params = pairs("POST", "/up", &[("CONTENT_LENGTH", "6")]);
    let mut bytes = request(KEEP, &params, b"12345");
    bytes.truncate(bytes.len() - 8);
    let mut peer = serving.send(&bytes);
    peer.send(&record(ABORT, 1, &[]));
    let answer = peer.answer();
    assert_eq!((&*answer.stdout, answer.end), (&b""[..], Some(0)));
    assert_eq!(
        answer.errors(),
        "POST /up: the web server has given the request up\n"
    );
    peer.send(&get(CLOSE, "/"));
    assert_eq!(peer.answer().body(), "0 bytes");
}

/// An application that streams until somebody stops it.
#[test]
fn who_writes_is_told_of_an_abort() {
    let (closed, is_closed) = sync_channel(1);
    struct Close(SyncSender<()>);
    impl Drop for Close {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }
    let serving = serve(Limits::default(), move |environ, start| {
        if environ.bytes("PATH_INFO") == Some(b"/") {
            return hello(environ, start);
        }
        let close = Close(closed.clone());
        let blocks = std::iter::repeat_with(move || {
            let _ = &close;
            thread::sleep(Duration::from_millis(1));
            Ok(Block::from(&b"x"[..]))
        });
        Ok(start("200 OK", TEXT)?.body(Body::blocks(blocks)))
    });
    let mut peer = serving.send(&get(KEEP, "/endless"));
    assert_eq!(peer.record().unwrap().kind, STDOUT);
    assert_eq!(peer.record().unwrap().kind, STDOUT);
    peer.send(&record(ABORT, 1, &[]));
    assert_eq!(peer.answer().end, Some(0));
    is_closed.recv_timeout(LONG).unwrap();
    // The web server has gone without a word.
    let mut peer = serving.send(&get(KEEP, "/endless"));
    assert_eq!(peer.record().unwrap().kind, STDOUT);
    drop(peer);
    is_closed.recv_timeout(LONG).unwrap();
    assert_eq!(serving.ask(&get(CLOSE, "/")).body(), "Hello");
    assert_eq!(serving.log.text(), "");
}

/// What has come by then is seen before anything is sent.
#[test]
fn nothing_is_sent_behind_an_abort() {
    let (go, may_go) = sync_channel(1);
    let may_go = Mutex::new(may_go);
    let serving = serve(Limits::default(), move |_, start| {
        let mut started = start("200 OK", TEXT)?;
        started.write_all(b"one")?;
        may_go.lock().unwrap().recv_timeout(LONG).unwrap();
        started.write_all(b"two")?;
        Ok(started.body(""))
    });
    let whole = get(KEEP, "/");
    // The body's end comes before the answer, or with the abort.
    for length in [whole.len(), whole.len() - 8] {
        let (first, rest) = whole.split_at(length);
        let mut peer = serving.send(first);
        assert_eq!(peer.record().unwrap().kind, STDOUT);
        peer.send(&[rest, &record(ABORT, 1, &[])].concat());
        go.send(()).unwrap();
        let answer = peer.answer();
        let nothing = Answer { end: Some(0), ..Answer::default() };
        assert_eq!(answer, nothing);
    }
}

// Time, threads and turns

#[test]
fn a_web_server_that_stalls_is_given_up() {
    let limits =
        Limits { head: SHORT, wait: SHORT, ..Limits::default() };
    let serving = serve(limits, count);
    let bytes = post(KEEP, "/", b"12345");
    // In a header, in the variables, and in the body.
    for length in [3, 30] {
        let mut peer = serving.send(&bytes[..length]);
        let start = Instant::now();
        peer.is_closed();
        assert!(start.elapsed() >= SHORT / 2);
    }
    let reason = "a connection is given up: 408 Request Timeout: the \
                  rest of the request does not come\n";
    let both = reason.repeat(2);
    wait_until("in the log", || serving.log.text() == both);
    let mut peer = serving.send(&bytes[..bytes.len() - 10]);
    let answer = peer.answer();
    let status = "Status: 408 Request Timeout\r\n";
    assert!(answer.text().starts_with(status));
    assert_eq!(
        answer.errors(),
        "POST /: 408 Request Timeout: the rest of the request does not \
         come\n"
    );
    peer.is_closed();
}

#[test]
fn a_web_server_that_does_not_read_is_given_up() {
    let (failed, has_failed) = sync_channel(1);
    let (go, wait) = sync_channel::<()>(1);
    let wait = Mutex::new(wait);
    let limits = Limits { wait: SHORT, ..Limits::default() };
    let serving = serve(limits, move |environ, start| {
        let mut started = start("200 OK", TEXT)?;
        while started.write_all(&[b'x'; 100_000]).is_ok() {}
        failed.send(())?;
        wait.lock().unwrap().recv_timeout(LONG)?;
        // What was sent of the last record is followed by nothing.
        writeln!(environ.errors, "behind a gap")?;
        Ok(started.body("behind a gap"))
    });
    let mut peer = serving.send(&get(KEEP, "/"));
    has_failed.recv_timeout(LONG).unwrap();
    peer.0.read_exact(&mut [0; 100_000]).unwrap();
    go.send(()).unwrap();
    let mut sent = Vec::new();
    let end = peer.0.read_to_end(&mut sent).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
    assert!(sent.ends_with(b"xxx"), "{:?}", &sent[sent.len() - 9..]);
    let cut = "GET /: the answer is cut: the client takes nothing\n";
    let lines = format!("behind a gap\n{cut}");
    wait_until("in the log", || serving.log.text() == lines);
}

/// Two writes, of which the second would wait for the first to be
/// acknowledged, 40 ms later.
#[test]
fn the_end_of_an_answer_does_not_wait() {
    let serving = serve(Limits::default(), hello);
    let mut peer = serving.connect();
    // On a busy machine others make it wait as well: five attempts.
    let quickest = (0..5).map(|_| {
        let start = Instant::now();
        for _ in 0..50 {
            peer.send(&get(KEEP, "/"));
            assert_eq!(peer.answer().body(), "Hello");
        }
        start.elapsed()
    });
    let quickest = quickest.min().expect("five");
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
}

/// Closing at once, with a part of the body unread, would take back
/// what has not been sent yet.
#[test]
fn the_end_of_an_answer_is_not_lost() {
    let serving = serve(Limits::default(), |_, start| {
        Ok(start("200 OK", TEXT)?.body(vec![b'x'; 1_000_000]))
    });
    let mut peer = serving.send(&post(CLOSE, "/", &[b'x'; 100_000]));
    // The server is to be done, as far as it can.
    thread::sleep(SHORT);
    assert_eq!(peer.answer().body().len(), 1_000_000);
}

#[test]
fn an_idle_connection_is_kept_and_takes_no_turn() {
    let limits = Limits { wait: SHORT, ..Limits::default() };
    let serving = serve_by(|s| s.limits(limits).threads(1), hello);
    let mut peers: Vec<_> = (0..20)
        .map(|_| {
            let mut peer = serving.send(&get(KEEP, "/"));
            assert_eq!(peer.answer().body(), "Hello");
            peer
        })
        .collect();
    thread::sleep(SHORT * 3);
    for peer in &mut peers {
        peer.send(&get(KEEP, "/"));
        assert_eq!(peer.answer().body(), "Hello");
    }
}

#[test]
fn so_many_requests_are_served_at_a_time() {
    let (entered, has_entered) = sync_channel(9);
    let (go, wait) = sync_channel::<()>(9);
    let wait = Mutex::new(wait);
    let serving = serve_by(
        |server| server.threads(2),
        move |environ, start| {
            entered.send(environ.multithread).unwrap();
            wait.lock().unwrap().recv_timeout(LONG)?;
            hello(environ, start)
        },
    );
    let mut peers: Vec<_> =
        (0..3).map(|_| serving.send(&get(CLOSE, "/"))).collect();
    // The third has to wait until one of the others has its answer.
    for _ in 0..2 {
        assert_eq!(has_entered.recv_timeout(LONG), Ok(true));
    }
    assert!(has_entered.recv_timeout(SHORT).is_err());
    go.send(()).unwrap();
    assert_eq!(has_entered.recv_timeout(LONG), Ok(true));
    go.send(()).unwrap();
    go.send(()).unwrap();
    for peer in &mut peers {
        assert_eq!(peer.answer().body(), "Hello");
    }
}

/// It is let in to send a request, and is not idle before.
#[test]
fn a_new_connection_is_given_time_but_not_for_ever() {
    let limits =
        Limits { connections: 1, head: SHORT, ..Limits::default() };
    let serving = serve(limits, hello);
    let mut silent = serving.connect();
    let answer = serving.ask(&get(CLOSE, "/"));
    assert_eq!(answer.body(), "Hello");
    silent.is_closed();
}

#[test]
fn connections_beyond_the_limit_wait() {
    let (entered, has_entered) = sync_channel(9);
    let (go, wait) = sync_channel::<()>(9);
    let wait = Mutex::new(wait);
    let limits = Limits { connections: 1, ..Limits::default() };
    let serving = serve(limits, move |environ, start| {
        entered.send(()).unwrap();
        wait.lock().unwrap().recv_timeout(LONG)?;
        hello(environ, start)
    });
    let mut first = serving.send(&get(CLOSE, "/"));
    assert_eq!(has_entered.recv_timeout(LONG), Ok(()));
    let mut second = serving.send(&get(CLOSE, "/"));
    assert!(has_entered.recv_timeout(SHORT).is_err());
    for peer in [&mut first, &mut second] {
        go.send(()).unwrap();
        assert_eq!(peer.answer().body(), "Hello");
        peer.is_closed();
    }
}

/// What the environ says of the process.
fn told(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let (t, p) = (environ.multithread, environ.multiprocess);
    let page = format!("{t} {p} {}", environ.run_once);
    Ok(start_response("200 OK", TEXT)?.body(page))
}

#[test]
fn what_the_process_is_like_is_told_truly() {
    let several = serve(Limits::default(), told);
    assert_eq!(
        several.ask(&get(CLOSE, "/")).body(),
        "true false false"
    );
    // While it waits for its client, another may be called.
    let one = serve_by(|server| server.threads(1), told);
    assert_eq!(one.ask(&get(CLOSE, "/")).body(), "true false false");
}

#[test]
fn the_scheme_comes_from_https_and_no_proxy_comes_through() {
    let serving = serve(Limits::default(), |environ, start| {
        let scheme = environ.url_scheme;
        let proxy = environ.get("HTTP_PROXY");
        let page = format!("{scheme} {proxy:?}");
        Ok(start("200 OK", TEXT)?.body(page))
    });
    let ask = |more: &[(&str, &str)]| {
        let params = pairs("GET", "/", more);
        serving.ask(&request(CLOSE, &params, &[])).body()
    };
    assert_eq!(ask(&[("HTTP_PROXY", "evil")]), "http None");
    assert_eq!(ask(&[("HTTPS", "on")]), "https None");
    assert_eq!(ask(&[("HTTPS", "off")]), "http None");
}

// Start and stop

/// A stop while one request is under way, and another connection is
/// idle.
#[test]
fn a_stop_lets_the_answer_under_way_end() {
    let (entered, has_entered) = sync_channel(1);
    let (go, wait): (SyncSender<()>, Receiver<()>) = sync_channel(1);
    let wait = Mutex::new(wait);
    let mut serving =
        serve(Limits::default(), move |environ, start| {
            if environ.bytes("PATH_INFO") == Some(b"/wait") {
                entered.send(()).unwrap();
                wait.lock().unwrap().recv_timeout(LONG)?;
            }
            hello(environ, start)
        });
    let mut idle = serving.send(&get(KEEP, "/"));
    assert_eq!(idle.answer().body(), "Hello");
    let mut busy = serving.send(&get(KEEP, "/wait"));
    has_entered.recv_timeout(LONG).unwrap();
    serving.stopper.stop();
    serving.stopper.stop();
    idle.is_closed();
    go.send(()).unwrap();
    assert_eq!(busy.answer().body(), "Hello");
    busy.is_closed();
    serving.join();
    let refused = TcpStream::connect(serving.address);
    assert!(refused.is_err(), "nobody listens any more");
    serving.stopper.stop(); // of what is gone
}

/// Not a test, but what the next one starts.
#[test]
#[ignore = "is started by another test, with a socket"]
fn serves_descriptor_0() {
    let code = gateway::fastcgi::run(told);
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
}

/// That, in a process of its own, which ends with this value.
struct Process(Child);

impl Process {
    fn inherits(stdin: impl Into<Stdio>) -> Self {
        let this = std::env::current_exe().unwrap();
        let mut command = bound(this);
        command.args(["--exact", "serves_descriptor_0", "--ignored"]);
        command.arg("--nocapture").stdin(stdin);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail if it has ended, as it should have.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn descriptor_0_is_served_and_may_be_others_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut process = Process::inherits(OwnedFd::from(listener));
    let mut peer = Peer(TcpStream::connect(address).unwrap());
    peer.0.set_read_timeout(Some(LONG)).unwrap();
    peer.send(&get(KEEP, "/"));
    assert_eq!(peer.answer().body(), "true true false");
    let id = process.0.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    peer.is_closed();
    assert!(process.0.wait().unwrap().success());
}

#[test]
fn without_a_socket_it_says_what_is_missing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connected = OwnedFd::from(TcpStream::connect(address).unwrap());
    for stdin in [Stdio::null(), Stdio::piped(), connected.into()] {
        let mut process = Process::inherits(stdin);
        let stderr = process.0.stderr.take().unwrap();
        let mut line = String::new();
        BufReader::new(stderr).read_line(&mut line).unwrap();
        let expected = "descriptor 0 is no socket that listens; let a \
                        web server start this program\n";
        assert_eq!(line, expected);
        assert!(!process.0.wait().unwrap().success());
    }
}

#[test]
fn a_unix_socket_is_served_and_removed() {
    let folder = Folder::new("fastcgi-unix");
    let path = folder.path("socket");
    let server = Server::bind_unix(&path).unwrap();
    assert_eq!(server.address().port(), 0);
    let stopper = server.stopper();
    let thread = thread::spawn(move || server.serve(count));
    let stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut peer = Peer(stream);
    peer.send(&post(KEEP, "/", &[b'x'; 100_000]));
    assert_eq!(peer.answer().body(), "100000 bytes");
    let taken = Server::bind_unix(&path).map(drop).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    assert!(taken.to_string().contains("remove it"), "{taken}");
    stopper.stop();
    peer.is_closed();
    thread.join().unwrap().unwrap();
    assert!(!path.exists());
}

/// Nobody has an address there (section 3.2).
#[test]
fn on_a_unix_socket_nobody_is_a_web_server_that_is_named() {
    let folder = Folder::new("fastcgi-named");
    let path = folder.path("socket");
    let log = Log::default();
    let server = Server::bind_unix(&path).unwrap();
    let server = server.errors(ErrorLog::new(log.clone()));
    let server = server.web_servers("127.0.0.1").unwrap();
    let stopper = server.stopper();
    let thread = thread::spawn(move || server.serve(count));
    let stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    Peer(stream).is_closed();
    assert_eq!(log.text(), "somebody is no web server of ours\n");
    stopper.stop();
    thread.join().unwrap().unwrap();
}

#[test]
fn only_the_web_servers_that_are_named_are_served() {
    let served = |list: &str| {
        let list = list.to_string();
        serve_by(move |s| s.web_servers(&list).unwrap(), hello)
    };
    let ours = served("10.0.0.1, 127.0.0.1");
    assert_eq!(ours.ask(&get(CLOSE, "/")).body(), "Hello");
    let ours = served("::ffff:127.0.0.1");
    assert_eq!(ours.ask(&get(CLOSE, "/")).body(), "Hello");
    let others = served("10.0.0.1,::1");
    others.connect().is_closed();
    let line = "127.0.0.1 is no web server of ours\n";
    assert_eq!(others.log.text(), line);
    let server = Server::bind("127.0.0.1:0").unwrap();
    let error = server.web_servers("localhost").map(drop).unwrap_err();
    let message = "web server \"localhost\": invalid IP address syntax";
    assert_eq!(error.to_string(), message);
}
