//! What our servers stand: applications that fail everywhere, limits at
//! their extremes, floods, and a signal in the middle of everything.
#![cfg(unix)]

#[path = "bound/mod.rs"]
mod bound;
#[path = "it/support/mod.rs"]
mod support;

use bound::bound;
use gateway::http::Limits;
use gateway::{
    Block, Body, Environ, ErrorLog, Key, Response, Result,
    StartResponse, fastcgi, http, server,
};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::panic::panic_any;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fmt, iter, thread};
use support::{Log, wait_until};

const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain")];

/// Longer than anything takes, unless it hangs.
const LONG: Duration = Duration::from_secs(30);
/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(300);

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(LONG)).expect("an option");
    stream.set_write_timeout(Some(LONG)).expect("an option");
    stream
}

fn hello(
    _: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    Ok(start_response("200 OK", TEXT)?.body("Hello"))
}

// Applications that fail

/// It cannot be shown.
#[derive(Debug)]
struct Mute;

impl fmt::Display for Mute {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}
impl std::error::Error for Mute {}

/// It panics when it is shown.
#[derive(Debug)]
struct Loud;

impl fmt::Display for Loud {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while it is shown")
    }
}
impl std::error::Error for Loud {}

/// It panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("when it is dropped");
        }
    }
}

const BOMB: Key<Bomb> = Key::new("test.bomb");

/// Every third request fails, each in another way, of which there are
/// so many.
const WAYS: usize = 9;

fn fails(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let way = path.trim_start_matches('/').parse().unwrap_or(WAYS);
    let page = |bomb: Bomb| {
        let blocks = iter::once_with(move || {
            let _kept = &bomb;
            Ok(Block::from(&b"Hello"[..]))
        });
        Body::sized(5, blocks)
    };
    match way {
        0 => Err(Mute.into()),
        1 => Err(Loud.into()),
        2 => panic!("in the application"),
        3 => panic_any(Bomb),
        4 => {
            environ.insert(BOMB, Bomb);
            hello(environ, start_response)
        }
        5 => Ok(start_response("200 OK", TEXT)?.body(page(Bomb))),
        6 => {
            let blocks = iter::from_fn(|| panic!("in the body"));
            Ok(start_response("200 OK", TEXT)?
                .body(Body::blocks(blocks)))
        }
        7 => {
            let mut started = start_response("200 OK", TEXT)?;
            started.write_all(b"Hel")?;
            Err(Mute.into())
        }
        8 => {
            let long = [("Content-Length", "9")];
            Ok(start_response("200 OK", &long)?.body("Hello"))
        }
        _ => hello(environ, start_response),
    }
}

/// What comes back on a connection of its own, which the server ends.
fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = connect(address);
    let request = format!(
        "GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("is sent");
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The same over FastCGI.
fn ask_fastcgi(address: SocketAddr, path: &str) -> String {
    use fastcgi::{pairs, record::*};
    let mut params = Vec::new();
    pairs::push(&mut params, "REQUEST_METHOD", "GET");
    pairs::push(&mut params, "PATH_INFO", format!("/{path}"));
    let mut bytes = Vec::new();
    push(&mut bytes, BEGIN_REQUEST, 1, &[0, 1, 0, 0, 0, 0, 0, 0]);
    push(&mut bytes, PARAMS, 1, &params);
    push(&mut bytes, PARAMS, 1, &[]);
    push(&mut bytes, STDIN, 1, &[]);
    let mut stream = connect(address);
    stream.write_all(&bytes).expect("is sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks 10,000 times, a third of which fails, and 10,000 times more.
fn survives(
    address: SocketAddr,
    ask: impl Fn(SocketAddr, &str) -> String + Sync,
) {
    const CLIENTS: usize = 8;
    let (ask, start) = (&ask, Instant::now());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                for at in 0..20_000 / CLIENTS {
                    let fails = at < 10_000 / CLIENTS && at % 3 == 0;
                    let way = (at / 3 + client) % WAYS;
                    let path = match fails {
                        true => way.to_string(),
                        false => "hello".to_string(),
                    };
                    let answer = ask(address, &path);
                    // What fails behind the answer does not change it.
                    let right = match (fails, way) {
                        (false, _) | (true, 4) => "200 OK",
                        (true, 7 | 8) => "",
                        (true, _) => "500 Internal Server Error",
                    };
                    assert!(answer.contains(right), "{path}: {answer}");
                    assert!(start.elapsed() < 10 * LONG, "it is slow");
                }
            });
        }
    });
}

/// A test for each server, which have their methods in common and no
/// trait.
macro_rules! survives {
    ($($name:ident: $server:ty, $ask:expr;)*) => {$(
        #[test]
        fn $name() {
            let server = <$server>::bind("127.0.0.1:0").expect("a port");
            let server = server.errors(ErrorLog::new(io::sink()));
            let (address, stopper) =
                (server.address(), server.stopper());
            let serving = thread::spawn(move || server.serve(fails));
            survives(address, $ask);
            stopper.stop();
            serving.join().expect("no panic").expect("no error");
        }
    )*};
}

survives! {
    http_answers_whatever_fails_and_all_that_comes_after:
        http::Server, ask;
    fastcgi_answers_whatever_fails_and_all_that_comes_after:
        fastcgi::Server, ask_fastcgi;
    tiny_http_answers_whatever_fails_and_all_that_comes_after:
        server::Server, ask;
}

// Limits at their extremes

fn serve(limits: Limits) -> (SocketAddr, http::Stopper) {
    let server = http::Server::bind("127.0.0.1:0").expect("a port");
    let server = server.limits(limits).threads(2);
    let server = server.errors(ErrorLog::new(io::sink()));
    let (address, stopper) = (server.address(), server.stopper());
    thread::spawn(move || server.serve(echo));
    (address, stopper)
}

fn echo(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    Ok(start_response("200 OK", TEXT)?.body(body))
}

#[test]
fn no_limit_is_no_limit_however_it_is_written() {
    let (all, most) = (Limits::default, Duration::MAX);
    for limits in [
        Limits { idle: most, ..all() },
        Limits { head: most, ..all() },
        Limits { wait: most, ..all() },
        Limits { stop: most, ..all() },
        Limits { body: u64::MAX, ..all() },
        Limits { connections: usize::MAX, ..all() },
        Limits { idle: most - Duration::from_nanos(1), ..all() },
    ] {
        let (address, stopper) = serve(limits.clone());
        for _ in 0..5 {
            let mut stream = connect(address);
            let head = "POST / HTTP/1.1\r\nHost: a\r\n\
                Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).expect("is sent");
            // So that the server waits for it.
            thread::yield_now();
            stream.write_all(b"5\r\nHello\r\n").expect("is sent");
            stream.write_all(b"0\r\n\r\n").expect("is sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            assert!(answer.contains("Hello"), "{limits:?}: {answer}");
        }
        stopper.stop();
    }
}

#[test]
fn a_limit_of_nothing_ends_no_server() {
    let (all, zero) = (Limits::default, Duration::ZERO);
    for limits in [
        Limits { idle: zero, ..all() },
        Limits { head: zero, ..all() },
        Limits { wait: zero, ..all() },
        Limits { stop: zero, ..all() },
        Limits { body: 0, ..all() },
        Limits { connections: 0, ..all() },
    ] {
        let (address, stopper) = serve(limits.clone());
        for _ in 0..5 {
            let answer = ask(address, "");
            let is_right = answer.starts_with("HTTP/1.1 200 ")
                || limits.idle.is_zero() && answer.is_empty();
            assert!(is_right, "{limits:?}: {answer}");
        }
        stopper.stop();
    }
}

// Floods

#[test]
fn line_breaks_without_end_hold_no_thread() {
    let (address, stopper) = serve(Limits::default());
    let floods: Vec<_> = (0..4)
        .map(|_| {
            let mut stream = connect(address);
            thread::spawn(move || {
                let block = b"\r\n".repeat(1 << 12);
                while stream.write_all(&block).is_ok() {}
            })
        })
        .collect();
    for _ in 0..100 {
        assert!(ask(address, "").starts_with("HTTP/1.1 200 "));
    }
    // Each is thrown out.
    for flood in floods {
        flood.join().expect("no panic");
    }
    stopper.stop();
}

#[test]
fn a_line_break_now_and_then_buys_no_time() {
    let limits =
        Limits { idle: SHORT, head: SHORT, ..Limits::default() };
    let (address, stopper) = serve(limits);
    let mut stream = connect(address);
    let pause = SHORT / 5;
    stream.set_read_timeout(Some(pause)).expect("an option");
    let start = Instant::now();
    while stream.write_all(b"\r\n").is_ok()
        && stream.read(&mut [0; 99]).is_err()
    {
        assert!(start.elapsed() < LONG, "it is still connected");
    }
    // Seven are passed over, each before the time is up.
    assert!(start.elapsed() < 6 * SHORT, "{:?}", start.elapsed());
    stopper.stop();
}

// A signal

/// Is not a test, but the program that the next one starts.
#[test]
#[ignore = "is started by another test"]
fn serves_until_a_signal() {
    let server = http::Server::bind("127.0.0.1:0").expect("a port");
    let server =
        server.limits(Limits { stop: SHORT, ..Limits::default() });
    let code = server.access_log(ErrorLog::stderr()).run(gateway::app(
        |e, start| {
            let path =
                e.get("PATH_INFO").unwrap_or_default().into_owned();
            match &*path {
                "/read" => echo(e, start),
                "/write" => {
                    let block = Block::from(vec![b'x'; 1 << 16]);
                    let blocks =
                        iter::repeat_with(move || Ok(block.clone()));
                    let blocks = Body::blocks(blocks);
                    Ok(start("200 OK", TEXT)?.body(blocks))
                }
                _ => hello(e, start),
            }
        },
    ));
    let is_success = code == std::process::ExitCode::SUCCESS;
    std::process::exit(if is_success { 0 } else { 1 });
}

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it, has requests in every state, and sends SIGTERM. Returns
/// the exit code, and the lines of its log, sorted.
fn stopped() -> (Option<i32>, Vec<String>) {
    let mut command = bound(env::current_exe().expect("a path"));
    command.args(["--exact", "--ignored", "--nocapture"]);
    command.arg("serves_until_a_signal").env("RUST_BACKTRACE", "0");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = Program(command.spawn().expect("a process"));
    let stdout = program.0.stdout.take().expect("is piped");
    let mut lines = BufReader::new(stdout).lines();
    let address = lines.find_map(|line| {
        let line = line.expect("text");
        let at = line.find("http://")?;
        line[at + 7..].parse::<SocketAddr>().ok()
    });
    let address = address.expect("an address");
    let log = Log::default();
    let mut stderr = program.0.stderr.take().expect("is piped");
    let mut to = log.clone();
    let reader = thread::spawn(move || io::copy(&mut stderr, &mut to));
    // Idle, behind an answer, in a head, in a body, and in an answer.
    let idle = connect(address);
    let mut kept = connect(address);
    kept.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("sent");
    let mut head = connect(address);
    head.write_all(b"GET / HTTP/1.1\r\nHo").expect("sent");
    let mut body = connect(address);
    let post = "POST /read HTTP/1.1\r\nHost: a\r\n\
        Expect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    body.write_all(post.as_bytes()).expect("sent");
    let mut answer = connect(address);
    let get = "GET /write HTTP/1.1\r\nHost: a\r\n\r\n";
    answer.write_all(get.as_bytes()).expect("sent");
    // All are under way when the first bytes have come back.
    for stream in [&mut kept, &mut body, &mut answer] {
        stream.read_exact(&mut [0; 12]).expect("an answer");
    }
    wait_until("the line of the first", || {
        log.text().contains("\"GET / HTTP/1.1\" 200 5")
    });
    let pid = Pid::from_child(&program.0);
    kill_process(pid, Signal::TERM).expect("is sent");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = program.0.try_wait().expect("a status") {
            break status;
        }
        assert!(start.elapsed() < LONG, "it does not end");
        thread::sleep(Duration::from_millis(5));
    };
    assert!(start.elapsed() < SHORT + LONG / 6, "by its last resort");
    reader.join().expect("no panic").expect("a log");
    drop((idle, kept, head, body, answer));
    // But for the time, the length, and which of two was first.
    let text = log.text();
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| match line.split_once("\"GET /write HTTP/1.1\"") {
            Some(_) => "GET /write".to_string(),
            None => match line.split_once("] ") {
                Some((_, rest)) => rest.to_string(),
                None => line.to_string(),
            },
        })
        .collect();
    lines.sort();
    (status.code(), lines)
}

#[test]
fn a_stop_ends_in_one_way_whatever_is_under_way() {
    let times = if env::var_os("CI").is_some() { 10 } else { 50 };
    let first = Arc::new(stopped());
    assert_eq!(first.0, Some(1), "{:?}", first.1);
    let text = first.1.join("\n");
    for line in [
        "GET /write: the answer is cut: the server is stopped",
        "POST /read: the server is stopped",
        "2 requests under way were cut short by the stop",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for _ in 1..times {
        assert_eq!(stopped(), *first);
    }
}
