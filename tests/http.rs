//! `gateway::http`, from outside: streams, limits, and how it ends.

#[path = "it/support/mod.rs"]
mod support;

use gateway::http::{Limits, Server, Stopper};
use gateway::{
    Block, Body, Environ, ErrorLog, Key, Response, Result,
    StartResponse,
};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::iter;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use support::{Log, wait_until};

const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain")];

/// Longer than anything takes, unless it hangs.
const LONG: Duration = Duration::from_secs(20);
/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(200);

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
    let log = Log::default();
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server =
        server.limits(limits).errors(ErrorLog::new(log.clone()));
    let server = server.access_log(ErrorLog::new(log.clone()));
    let (address, stopper) = (server.address(), server.stopper());
    let thread = Some(thread::spawn(move || server.serve(app)));
    Serving { address, stopper, log, thread }
}

impl Serving {
    fn connect(&self) -> TcpStream {
        let stream =
            TcpStream::connect(self.address).expect("connects");
        stream.set_read_timeout(Some(LONG)).expect("an option");
        stream.set_write_timeout(Some(LONG)).expect("an option");
        stream
    }

    fn send(&self, request: &str) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("is sent");
        stream
    }

    /// All that comes back, and whether it ended with a reset.
    fn ask(&self, request: &str) -> (String, bool) {
        let mut stream = self.send(request);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        let is_reset = match read {
            Ok(_) => false,
            Err(e) if e.kind() == ErrorKind::ConnectionReset => true,
            Err(e) => panic!("{e}"),
        };
        (String::from_utf8_lossy(&bytes).into_owned(), is_reset)
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

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn get_and_close(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
}

fn hello(
    _environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    Ok(start_response("200 OK", TEXT)?.body("Hello"))
}

/// Reads one answer that has a Content-Length.
fn read_answer(stream: &mut impl BufRead) -> String {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        assert_ne!(stream.read_line(&mut head).expect("a line"), 0);
        let line = &head[start..];
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    head + &String::from_utf8_lossy(&body)
}

// Streams

/// One end of two channels, for an application that waits.
struct Turns(SyncSender<()>, Mutex<Receiver<()>>);

fn turns() -> (Arc<Turns>, Turns) {
    let (send, receive) = sync_channel(1);
    let (send_back, receive_back) = sync_channel(1);
    let ours = Turns(send, Mutex::new(receive_back));
    (Arc::new(Turns(send_back, Mutex::new(receive))), ours)
}

impl Turns {
    fn give(&self) {
        self.0.send(()).expect("somebody waits");
    }

    fn take(&self) {
        let turn = self.1.lock().expect("no panic").recv_timeout(LONG);
        turn.expect("a turn");
    }
}

#[test]
fn a_block_is_received_before_the_next_is_made() {
    let (theirs, ours) = turns();
    let app = move |_: &mut Environ, start_response: StartResponse| {
        let theirs = Arc::clone(&theirs);
        let mut blocks = ["one", "two"].into_iter();
        let body = iter::from_fn(move || {
            let block = blocks.next()?;
            theirs.take();
            Some(Ok(Block::from(block.as_bytes())))
        });
        Ok(start_response("200 OK", TEXT)?.body(Body::blocks(body)))
    };
    let server = serve(Limits::default(), app);
    let mut stream = BufReader::new(server.send(&get("/")));
    ours.give();
    let mut text = String::new();
    while !text.ends_with("one\r\n") {
        stream.read_line(&mut text).expect("a line");
    }
    ours.give();
    while !text.ends_with("two\r\n") {
        stream.read_line(&mut text).expect("a line");
    }
}

#[test]
fn half_a_body_is_read_before_the_rest_is_sent() {
    let (theirs, ours) = turns();
    let app = move |environ: &mut Environ, start: StartResponse| {
        let mut half = [0; 5];
        environ.input.read_exact(&mut half)?;
        theirs.give();
        let mut rest = Vec::new();
        environ.input.read_to_end(&mut rest)?;
        let body = [&half[..], &rest].concat();
        Ok(start("200 OK", TEXT)?.body(body))
    };
    let server = serve(Limits::default(), app);
    let head =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
    let mut stream = server.send(&format!("{head}first"));
    ours.take();
    stream.write_all(b" last").expect("is sent");
    let answer = read_answer(&mut BufReader::new(stream));
    assert!(answer.ends_with("first last"), "{answer}");
}

/// 64 MiB in each direction, through one connection at once.
#[test]
fn an_echo_goes_on_while_it_is_read() {
    const LENGTH: u64 = 64 << 20;
    let app = |environ: &mut Environ, start: StartResponse| {
        let mut started = start("200 OK", TEXT)?;
        io::copy(&mut environ.input, &mut started)?;
        Ok(started.body(""))
    };
    let server = serve(Limits::default(), app);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Length: {LENGTH}\r\n\r\n"
    );
    let mut stream = server.send(&head);
    let mut writer = stream.try_clone().expect("a handle");
    let writing = thread::spawn(move || {
        io::copy(&mut io::repeat(b'x').take(LENGTH), &mut writer)
    });
    let mut count = 0;
    let mut block = vec![0; 1 << 16];
    loop {
        let length = stream.read(&mut block).expect("more");
        if length == 0 {
            break;
        }
        let is_x = |byte: &&u8| **byte == b'x';
        count += block[..length].iter().filter(is_x).count() as u64;
    }
    let sent = writing.join().expect("no panic").expect("is sent");
    assert_eq!(sent, LENGTH);
    // The head has one, too: text/plain.
    assert_eq!(count, LENGTH + 1);
}

#[test]
fn nobody_is_told_to_continue_in_the_middle_of_an_answer() {
    let app = |environ: &mut Environ, start: StartResponse| {
        let mut started = start("200 OK", TEXT)?;
        started.write_all(b"early")?;
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        Ok(started.body(body))
    };
    let server = serve(Limits::default(), app);
    let mut stream = server.send(
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
         Connection: close\r\nContent-Length: 5\r\n\r\n",
    );
    let mut first = [0; 15];
    stream.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stream.write_all(b"later").expect("is sent");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("the rest");
    assert!(!rest.contains("100 Continue"), "{rest}");
    assert!(rest.contains("later"), "{rest}");
}

// Ends of answers

fn late(
    _environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let blocks = [Ok(Block::from(&b"half"[..])), Err("late".into())];
    Ok(start_response("200 OK", TEXT)?.body(Body::blocks(blocks)))
}

#[test]
fn a_client_can_tell_that_an_answer_was_cut() {
    let server = serve(Limits::default(), late);
    let (answer, is_reset) = server.ask(&get("/"));
    assert!(answer.ends_with("\r\n4\r\nhalf\r\n"), "{answer}");
    assert!(!is_reset);
    let (_, is_reset) = server.ask("GET / HTTP/1.0\r\n\r\n");
    assert!(is_reset);
}

/// Panics when it is dropped.
struct Explosive;

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("is what was asked for");
    }
}

#[test]
fn what_panics_when_it_is_dropped_ends_no_worker() {
    const KEY: Key<Explosive> = Key::new("test.explosive");
    let app = |environ: &mut Environ, start: StartResponse| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match &*path {
            "/environ" => environ.insert(KEY, Explosive),
            "/body" => {
                let explosive = Explosive;
                let body = iter::from_fn(move || {
                    let _kept = &explosive;
                    None
                });
                let body = Body::blocks(body);
                return Ok(start("200 OK", TEXT)?.body(body));
            }
            _ => {}
        }
        hello(environ, start)
    };
    let server = serve(Limits::default(), app);
    // More than there are workers.
    for _ in 0..5 {
        for path in ["/environ", "/body"] {
            server.ask(&get_and_close(path));
        }
    }
    let (answer, _) = server.ask(&get_and_close("/"));
    assert!(answer.ends_with("Hello"), "{answer}");
}

/// The answer is whole: the connection is kept, and the line is there.
#[test]
fn what_panics_behind_an_answer_changes_nothing_of_it() {
    const KEY: Key<Explosive> = Key::new("test.explosive");
    let server = serve(Limits::default(), |environ, start| {
        environ.insert(KEY, Explosive);
        hello(environ, start)
    });
    let requests = [get("/one"), get_and_close("/two")].concat();
    let (answers, is_reset) = server.ask(&requests);
    assert_eq!(answers.matches("\r\n\r\nHello").count(), 2);
    assert!(!is_reset);
    let log = || server.log.text();
    wait_until("both lines", || {
        log().contains("\"GET /two HTTP/1.1\" 200 5")
    });
    let log = log();
    assert!(log.contains("\"GET /one HTTP/1.1\" 200 5"), "{log}");
    for path in ["one", "two"] {
        let line = format!(
            "GET /{path}: the application panicked: is what was asked \
             for\n"
        );
        assert!(log.contains(&line), "{log}");
    }
}

#[test]
fn last_words_are_logged_with_their_request() {
    let server = serve(Limits::default(), |environ, start| {
        write!(environ.errors, "last words")?;
        hello(environ, start)
    });
    let mut stream = BufReader::new(server.send(&get("/")));
    assert!(read_answer(&mut stream).ends_with("Hello"));
    // The line is written before the answer is.
    assert!(server.log.text().starts_with("last words\n"));
}

/// A proxy that was not told would send the next request there.
#[test]
fn who_may_be_closed_on_is_told_so() {
    let server = serve(Limits::default(), hello);
    let (none, keep, close) = ("", "keep-alive", "close");
    for (version, length, told) in [
        ("1.1", 65_536, none),
        ("1.1", 65_537, close),
        ("1.0", 65_536, keep),
        ("1.0", 65_537, close),
    ] {
        let body = "x".repeat(length);
        let request = format!(
            "POST / HTTP/{version}\r\nHost: a\r\n\
             Connection: keep-alive\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        let mut stream = BufReader::new(server.send(&request));
        let answer = read_answer(&mut stream);
        let lines = answer.lines();
        let said: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("Connection: "))
            .collect();
        assert_eq!(said.concat(), told, "{answer}");
    }
}

/// Whatever becomes of the body, and however much of it is read: a
/// connection that is closed behind an answer is announced to be.
#[test]
fn no_connection_is_closed_without_a_word() {
    let app = |environ: &mut Environ, start: StartResponse| {
        let mut byte = [0];
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let most = match &*path {
            "/none" => 0,
            "/some" => 1,
            _ => usize::MAX,
        };
        // What is wrong with the body is passed over.
        for _ in 0..most {
            if !environ.input.read(&mut byte).is_ok_and(|n| n > 0) {
                break;
            }
        }
        Ok(start("200 OK", TEXT)?.body("Hello"))
    };
    let server = serve(Limits::default(), app);
    let chunked = "Transfer-Encoding: chunked";
    let (length, expect) =
        ("Content-Length: 5", "Expect: 100-continue");
    let long = "Content-Length: 70000";
    let longer = "x".repeat(70_000);
    let whole = "5\r\nhello\r\n0\r\n\r\n";
    let many =
        format!("11170\r\n{longer}\r\n").repeat(20) + "0\r\n\r\n";
    for (path, fields, body, is_kept) in [
        ("/none", length, "hello", true),
        ("/some", length, "hello", true),
        ("/all", length, "hello", true),
        ("/none", long, &longer, false),
        ("/all", long, &longer, true),
        ("/none", chunked, whole, true),
        ("/some", chunked, whole, true),
        ("/none", chunked, &many, true),
        ("/all", chunked, whole, true),
        ("/all", chunked, "5\r\nhelloX\r\n", false),
        ("/all", chunked, "Z\r\n", false),
        ("/none", &format!("{length}\r\n{expect}"), "", false),
        ("/all", &format!("{length}\r\n{expect}"), "hello", true),
        ("/none", &format!("{chunked}\r\n{expect}"), "", false),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{body}"
        );
        let mut stream = BufReader::new(server.send(&request));
        let mut answer = read_answer(&mut stream);
        if answer.starts_with("HTTP/1.1 100 ") {
            answer = read_answer(&mut stream);
        }
        let is_announced = answer.contains("\r\nConnection: close\r\n");
        let what = format!("{path} {fields:?} {body:.20?}: {answer}");
        assert_eq!(!is_announced, is_kept, "{what}");
        if is_kept {
            let get = get("/none");
            stream.get_mut().write_all(get.as_bytes()).expect("sent");
            assert!(read_answer(&mut stream).ends_with("Hello"));
        } else {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).expect("is closed");
            assert_eq!(rest, b"");
        }
    }
}

/// A thread of the application's that still waits for the body when the
/// answer is out does not wait for as long as the client likes.
#[test]
fn who_reads_on_behind_the_answer_fails_at_once() {
    let (ended, has_ended) = sync_channel(1);
    let app = move |environ: &mut Environ, start: StartResponse| {
        let mut input = std::mem::replace(
            &mut environ.input,
            Box::new(io::empty()),
        );
        let (ended, (begun, has_begun)) =
            (ended.clone(), sync_channel(1));
        thread::spawn(move || {
            input.read_exact(&mut [0]).expect("a byte");
            begun.send(()).expect("it waits");
            let _ = ended.send(input.read_to_end(&mut Vec::new()));
        });
        has_begun.recv_timeout(LONG).expect("the first byte");
        Ok(start("200 OK", TEXT)?.body("Hello"))
    };
    let limits = Limits { wait: 9 * LONG, ..Limits::default() };
    let server = serve(limits, app);
    let request =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx";
    let mut stream = BufReader::new(server.send(request));
    assert!(read_answer(&mut stream).ends_with("Hello"));
    let read = has_ended.recv_timeout(LONG).expect("it ends");
    assert!(read.is_err(), "{read:?}");
}

type Kept = Arc<Mutex<Vec<Box<dyn BufRead + Send>>>>;

#[test]
fn an_input_that_was_kept_reads_nothing_of_the_next_request() {
    let kept = Kept::default();
    let keeper = Arc::clone(&kept);
    let app = move |environ: &mut Environ, start: StartResponse| {
        let empty: Box<dyn BufRead + Send> = Box::new(io::empty());
        let input = std::mem::replace(&mut environ.input, empty);
        keeper.lock().expect("no panic").push(input);
        hello(environ, start)
    };
    let server = serve(Limits::default(), app);
    let post =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    let mut stream =
        BufReader::new(server.send(&format!("{post}first")));
    read_answer(&mut stream);
    let mut input = kept.lock().expect("no panic").remove(0);
    // Half a request, which is for the server.
    stream.get_mut().write_all(b"GET / HT").expect("is sent");
    let mut bytes = Vec::new();
    match input.read_to_end(&mut bytes) {
        Err(error) => {
            assert!(error.to_string().contains("is over"), "{error}");
        }
        // The answer is here before the server has done with it.
        Ok(_) => assert_eq!(bytes, b"first"),
    }
    let rest = b"TP/1.1\r\nHost: a\r\n\r\n";
    stream.get_mut().write_all(rest).expect("is sent");
    assert!(read_answer(&mut stream).ends_with("Hello"));
}

// Limits

#[test]
fn an_idle_connection_is_closed_in_time() {
    let limits = Limits { idle: SHORT, ..Limits::default() };
    let server = serve(limits, hello);
    let mut stream = BufReader::new(server.send(&get("/")));
    read_answer(&mut stream);
    let start = Instant::now();
    assert_eq!(stream.read(&mut [0]).expect("closed"), 0);
    assert!(start.elapsed() >= SHORT / 2);
}

/// A byte every tenth of a limit, until the server has had enough.
fn trickle(mut stream: TcpStream) -> String {
    let start = Instant::now();
    stream.set_read_timeout(Some(SHORT / 5)).expect("an option");
    let mut answer = Vec::new();
    let mut block = [0; 1000];
    while start.elapsed() < LONG {
        let _ = stream.write_all(b"x");
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&block[..length]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    assert!(start.elapsed() < LONG, "it was not given up");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Of a head that would never end.
#[test]
fn a_byte_now_and_then_does_not_renew_the_time_for_a_head() {
    let limits = Limits { head: SHORT * 2, ..Limits::default() };
    let server = serve(limits, hello);
    let answer = trickle(server.send("GET / HTTP/1.1\r\n"));
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn a_byte_now_and_then_buys_no_time_for_a_body() {
    let limits = Limits { wait: SHORT * 2, ..Limits::default() };
    let server = serve(limits, |environ, start| {
        io::copy(&mut environ.input, &mut io::sink())?;
        hello(environ, start)
    });
    let answer = trickle(server.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n",
    ));
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

/// Counts its blocks, and says when it is dropped.
struct Endless(SyncSender<()>);

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn a_client_that_does_not_read_is_given_up() {
    let (dropped, seen) = sync_channel(1);
    let app = move |_: &mut Environ, start: StartResponse| {
        let endless = Endless(dropped.clone());
        let body = iter::from_fn(move || {
            let _kept = &endless;
            Some(Ok(Block::from(vec![b'x'; 1 << 16])))
        });
        Ok(start("200 OK", TEXT)?.body(Body::blocks(body)))
    };
    let limits = Limits { wait: SHORT, ..Limits::default() };
    let server = serve(limits, app);
    let stream = server.send(&get("/"));
    seen.recv_timeout(LONG).expect("the body is dropped");
    drop(stream);
}

#[test]
fn more_connections_than_the_limit_wait_until_there_is_room() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let server = serve(limits, hello);
    let mut two = [(); 2].map(|()| {
        let mut stream = BufReader::new(server.send(&get("/")));
        read_answer(&mut stream);
        stream
    });
    let mut third = BufReader::new(server.send(&get("/")));
    let short = Some(SHORT);
    third.get_ref().set_read_timeout(short).expect("an option");
    let error = third.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    // Those that are served go on being served.
    two[1].get_mut().write_all(get("/").as_bytes()).expect("sent");
    read_answer(&mut two[1]);
    third.get_ref().set_read_timeout(Some(LONG)).expect("an option");
    two[0].get_mut().shutdown(Shutdown::Both).expect("closes");
    assert!(read_answer(&mut third).ends_with("Hello"));
}

/// The system tells of it once, and then a thread has the connection.
#[test]
fn what_arrives_during_an_answer_is_seen() {
    let (theirs, ours) = turns();
    let app = move |environ: &mut Environ, start: StartResponse| {
        if environ.bytes("PATH_INFO") == Some(b"/wait") {
            theirs.give();
            theirs.take();
        }
        hello(environ, start)
    };
    let server = serve(Limits::default(), app);
    let mut stream = BufReader::new(server.send(&get("/wait")));
    ours.take();
    stream.get_mut().write_all(get("/").as_bytes()).expect("sent");
    // Who is told of this request was told of that one.
    server.ask(&get_and_close("/"));
    ours.give();
    for _ in 0..2 {
        assert!(read_answer(&mut stream).ends_with("Hello"));
    }
}

#[test]
fn an_end_that_comes_during_an_answer_is_seen_behind_the_next() {
    let (theirs, ours) = turns();
    let app = move |environ: &mut Environ, start: StartResponse| {
        if environ.bytes("PATH_INFO") == Some(b"/wait") {
            theirs.give();
            theirs.take();
        }
        hello(environ, start)
    };
    let limits = Limits { idle: 9 * LONG, ..Limits::default() };
    let server = serve(limits, app);
    let mut stream = server.send(&get("/wait"));
    ours.take();
    stream.write_all(get("/").as_bytes()).expect("sent");
    stream.shutdown(Shutdown::Write).expect("can");
    // Who is told of this request was told of that end.
    server.ask(&get_and_close("/"));
    ours.give();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("an end");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2);
}

// The stop

#[test]
fn a_stop_refuses_newcomers_and_lets_answers_end() {
    let (theirs, ours) = turns();
    let app = move |environ: &mut Environ, start: StartResponse| {
        if environ.bytes("PATH_INFO") == Some(b"/wait") {
            theirs.give();
            theirs.take();
        }
        hello(environ, start)
    };
    let mut server = serve(Limits::default(), app);
    let mut idle = BufReader::new(server.send(&get("/")));
    read_answer(&mut idle);
    let mut busy = BufReader::new(server.send(&get("/wait")));
    ours.take();
    server.stopper.stop();
    let deadline = Instant::now() + LONG;
    while TcpStream::connect(server.address).is_ok() {
        assert!(Instant::now() < deadline, "it still accepts");
    }
    ours.give();
    assert!(read_answer(&mut busy).ends_with("Hello"));
    server.join();
    assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    let (begun, has_begun) = sync_channel(1);
    let app = move |_: &mut Environ, start: StartResponse| {
        begun.send(()).expect("somebody waits");
        let body = iter::from_fn(|| {
            Some(Ok(Block::from(vec![b'x'; 1 << 16])))
        });
        Ok(start("200 OK", TEXT)?.body(Body::blocks(body)))
    };
    let limits =
        Limits { stop: SHORT, wait: LONG, ..Limits::default() };
    let mut server = serve(limits, app);
    let stream = server.send(&get("/"));
    has_begun.recv_timeout(LONG).expect("a request");
    let start = Instant::now();
    server.stopper.stop();
    let served = server.thread.take().expect("it serves").join();
    let error = served.expect("no panic").expect_err("it was cut");
    let text = "1 requests under way were cut short by the stop";
    assert_eq!(error.to_string(), text);
    assert!(start.elapsed() >= SHORT, "the limit was given");
    let line = "GET /: the answer is cut: the server is stopped\n";
    assert!(
        server.log.text().starts_with(line),
        "{}",
        server.log.text()
    );
    drop(stream);
}

// The rest

#[test]
fn the_access_log_has_each_request_refused_ones_too() {
    let server = serve(Limits::default(), hello);
    server.ask(&get_and_close("/a?b"));
    server.ask("GET / HTTP/1.1\r\n\r\n");
    server.ask("nonsense\r\n\r\n");
    let log = server.log.text();
    for line in [
        "\"GET /a?b HTTP/1.1\" 200 5\n",
        "\"GET / HTTP/1.1\" 400 16\n",
        "\"nonsense\" 400 16\n",
    ] {
        assert!(log.contains(line), "{line} is not in {log}");
    }
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_served_as_well() {
    use std::os::unix::net::UnixStream;
    let name = format!("gateway-http-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let server = Server::bind_unix(&path).expect("a socket");
    let stopper = server.stopper();
    let app = |environ: &mut Environ, start: StartResponse| {
        let name = environ.get("SERVER_NAME").unwrap_or_default();
        let client = environ.get("REMOTE_ADDR");
        let page = format!("{name} {client:?}");
        Ok(start("200 OK", TEXT)?.body(page))
    };
    let thread = thread::spawn(move || server.serve(app));
    let mut stream = UnixStream::connect(&path).expect("connects");
    let request = get_and_close("/");
    stream.write_all(request.as_bytes()).expect("is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("localhost None"), "{answer}");
    stopper.stop();
    assert!(matches!(thread.join(), Ok(Ok(()))));
    assert!(!path.exists(), "it is removed");
}

/// Where a server listens may be nobody's address (RFC 3875, section
/// 4.1.14).
#[test]
fn the_servers_name_is_where_the_client_has_found_it() {
    for (listens, found) in
        [("0.0.0.0:0", "127.0.0.1"), ("127.0.0.1:0", "127.0.0.1")]
    {
        let server = Server::bind(listens).expect("a port");
        let (port, stopper) =
            (server.address().port(), server.stopper());
        let app = |environ: &mut Environ, start: StartResponse| {
            let name = environ.get("SERVER_NAME").unwrap_or_default();
            let port = environ.get("SERVER_PORT").unwrap_or_default();
            let page = format!("{name} {port}");
            Ok(start("200 OK", TEXT)?.body(page))
        };
        let thread = thread::spawn(move || server.serve(app));
        let mut stream = TcpStream::connect((found, port)).expect("it");
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let end = format!("\r\n\r\n{found} {port}");
        assert!(answer.ends_with(&end), "{listens}: {answer}");
        stopper.stop();
        assert!(matches!(thread.join(), Ok(Ok(()))));
    }
}

/// All variables and their values, but for the ports.
fn show(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let mut page = format!("{:?}\n", environ.keys());
    for (name, value) in environ.variables() {
        if !name.ends_with("_PORT") && name != "HTTP_HOST" {
            let value = value.escape_ascii();
            page += &format!("{name}={value}\n");
        }
    }
    Ok(start_response("200 OK", TEXT)?.body(page))
}

#[cfg(feature = "tiny_http")]
#[test]
fn the_environ_is_the_one_of_chapter_5() {
    let request = "POST /caf%C3%A9/%2541?a=%20b HTTP/1.1\r\n\
        Host: a\r\nConnection: close\r\nAccept: x\r\nAccept: y\r\n\
        Cookie: a\r\nCookie: b\r\nContent-Type: text/plain\r\n\
        X_Y: z\r\nProxy: p\r\nContent-Length: 2\r\n\r\nHi";
    let server = serve(Limits::default(), show);
    let (ours, _) = server.ask(request);
    let tiny = gateway::server::Server::bind("127.0.0.1:0");
    let tiny = tiny.expect("a port").errors(ErrorLog::new(io::sink()));
    let (address, stopper) = (tiny.address(), tiny.stopper());
    let thread = thread::spawn(move || tiny.serve(show));
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.write_all(request.as_bytes()).expect("is sent");
    let mut theirs = String::new();
    stream.read_to_string(&mut theirs).expect("an answer");
    stopper.stop();
    assert!(matches!(thread.join(), Ok(Ok(()))));
    let body = |answer: &str| {
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        body.to_string()
    };
    assert_eq!(body(&ours), body(&theirs));
    assert!(ours.contains("PATH_INFO=/caf\\xc3\\xa9/%41\n"), "{ours}");
}

thread_local! {
    /// Does this thread hold the lock that it works with?
    static HOLDS: Cell<bool> = const { Cell::new(false) };
    /// Is it in an application?
    static IS_CALLED: Cell<bool> = const { Cell::new(false) };
}

/// How often an application's thread has waited for a client.
static WAITS: AtomicUsize = AtomicUsize::new(0);

fn work_with_lock(work: &mut (dyn FnMut() + Send)) {
    HOLDS.set(true);
    work();
    HOLDS.set(false);
}

fn wait_without_lock(wait: &mut (dyn FnMut() + Send)) {
    assert!(HOLDS.replace(false));
    WAITS.fetch_add(IS_CALLED.get().into(), Ordering::Relaxed);
    wait();
    HOLDS.set(true);
}

/// A body that sees who holds the lock when it is made and dropped.
struct Held(Sender<(&'static str, bool)>);

impl Iterator for Held {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = self.0.send(("next", HOLDS.get()));
        None
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send(("drop", HOLDS.get()));
    }
}

/// An application runs inside of the one function, and its client is
/// waited for inside of the other.
#[test]
fn a_thread_works_with_a_lock_and_waits_without() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server =
        server.around_threads(work_with_lock, wait_without_lock);
    let (address, stopper) = (server.address(), server.stopper());
    let (sender, seen) = channel();
    let sender = Mutex::new(sender);
    let app = move |environ: &mut Environ,
                    start_response: StartResponse| {
        let sender = sender.lock().expect("no panic").clone();
        let _ = sender.send(("call", HOLDS.get()));
        IS_CALLED.set(true);
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        IS_CALLED.set(false);
        let _ = sender.send(("read", HOLDS.get() && body == "ab"));
        let started = start_response("200 OK", TEXT)?;
        Ok(started.body(Body::blocks(Held(sender))))
    };
    let serving = thread::spawn(move || server.serve(app));
    let mut stream = TcpStream::connect(address).expect("connects");
    let request = "POST / HTTP/1.1\r\nHost: x\r\n\
                   Connection: close\r\nContent-Length: 2\r\n\r\na";
    stream.write_all(request.as_bytes()).expect("is sent");
    let end = Instant::now() + Duration::from_secs(10);
    while WAITS.load(Ordering::Relaxed) == 0 {
        assert!(Instant::now() < end, "it does not wait in there");
        thread::yield_now();
    }
    stream.write_all(b"b").expect("is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    stopper.stop();
    serving.join().expect("no panic").expect("stops");
    let seen: Vec<_> = seen.iter().collect();
    let held = ["call", "read", "next", "drop"].map(|at| (at, true));
    assert_eq!(seen, held);
}
