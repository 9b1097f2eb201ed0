//! Mixed traffic for a while, and then: has the server lost anything?
//!
//! SOAK_SECONDS says for how long. The server is a process of its
//! own, this very program.

#[path = "../bound/mod.rs"]
mod bound;
#[path = "../hostile/requests.rs"]
#[allow(dead_code)]
mod requests;

use bound::bound;
use gateway::http::{Limits, Server};
use gateway::{
    Block, Body, Environ, ErrorLog, Response, Result, StartResponse,
};
use socket2::SockRef;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, iter, thread};

const SERVE: &str = "SOAK_SERVE";

fn main() {
    if env::var_os(SERVE).is_some() {
        return serve();
    }
    let seconds = env::var("SOAK_SECONDS").ok();
    let seconds = seconds.map_or(Ok(3), |text| text.parse());
    let seconds = seconds.expect("SOAK_SECONDS is a number");
    soak(Duration::from_secs(seconds));
}

// The server.

static MADE: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// A part of a body that counts itself.
struct Counted;

impl Counted {
    fn new() -> Self {
        MADE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

fn serve() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    let limits = Limits {
        idle: Duration::from_secs(2),
        head: Duration::from_millis(500),
        wait: Duration::from_secs(5),
        ..Limits::default()
    };
    let server = server.limits(limits).threads(8);
    let server = server.errors(ErrorLog::new(io::sink()));
    // A panic is asked for now and then.
    std::panic::set_hook(Box::new(|_| {}));
    server.serve(application).expect("serves");
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let headers = [("Content-Type", "text/plain")];
    if path == "/state" {
        let started = start_response("200 OK", &headers)?;
        return Ok(started.body(state()));
    }
    if path != "/leave" {
        io::copy(&mut environ.input, &mut io::sink())?;
    }
    let counted = Counted::new();
    let started = start_response("200 OK", &headers)?;
    let count = match &*path {
        "/large" => 100,
        "/panic" => panic!("is what was asked for"),
        _ => 2,
    };
    let fails = path == "/late";
    let mut left = count;
    let blocks = iter::from_fn(move || {
        let _kept = &counted;
        left -= 1;
        match left {
            0 if fails => Some(Err("late".into())),
            0 => None,
            _ => Some(Ok(Block::from(vec![b'x'; 1 << 16]))),
        }
    });
    Ok(started.body(Body::blocks(blocks)))
}

/// What the server has: bodies made and dropped, threads, descriptors,
/// and memory in KiB.
fn state() -> String {
    let status = fs::read_to_string("/proc/self/status");
    let status = status.expect("Linux");
    let number = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let word = line.and_then(|l| l.split_whitespace().nth(1));
        word.expect("a number").to_string()
    };
    let descriptors = fs::read_dir("/proc/self/fd").expect("Linux");
    format!(
        "{} {} {} {} {}\n",
        MADE.load(Ordering::Relaxed),
        DROPPED.load(Ordering::Relaxed),
        number("Threads:"),
        descriptors.count(),
        number("VmRSS:")
    )
}

// Its clients.

struct Running {
    child: Child,
    address: SocketAddr,
}

#[derive(Debug)]
struct State {
    made: usize,
    dropped: usize,
    threads: usize,
    descriptors: usize,
    memory: usize,
}

impl Running {
    fn start() -> Self {
        let program = env::current_exe().expect("a path");
        let mut command = bound(program);
        command.env(SERVE, "yes").stdout(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().parse().expect("an address");
        Self { child, address }
    }

    fn state(&self) -> State {
        let get = "GET /state HTTP/1.0\r\n\r\n";
        let mut stream = connect(self.address).expect("a connection");
        stream.write_all(get.as_bytes()).expect("is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let line = answer.lines().last().expect("a line");
        let numbers: Vec<usize> = line
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let &[made, dropped, threads, descriptors, memory] = &*numbers
        else {
            panic!("{line}")
        };
        State { made, dropped, threads, descriptors, memory }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_write_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

type Traffic = fn(SocketAddr, usize) -> io::Result<()>;

const TRAFFIC: [Traffic; 6] =
    [pipelined, aborted, reset, slow, hostile, large];

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

const CLOSE: &str =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn pipelined(address: SocketAddr, _turn: usize) -> io::Result<()> {
    let mut stream = connect(address)?;
    let paths = ["/", "/panic", "/leave", "/"];
    let requests = paths.map(get).concat() + CLOSE;
    stream.write_all(requests.as_bytes())?;
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers)?;
    let count = answers.windows(9).filter(|w| w == b"HTTP/1.1 ");
    assert_eq!(count.count(), 5, "answers to five requests");
    Ok(())
}

/// Goes in the middle of a head, of a body, of an answer.
fn aborted(address: SocketAddr, turn: usize) -> io::Result<()> {
    let post =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n";
    let late = get("/late");
    let large = get("/large");
    let request = [&post[..20], post, &late, &large][turn % 4];
    let mut stream = connect(address)?;
    stream.write_all(request.as_bytes())?;
    if turn % 4 > 1 {
        stream.read_exact(&mut [0; 100])?;
    }
    Ok(())
}

/// The same, with a reset.
fn reset(address: SocketAddr, _turn: usize) -> io::Result<()> {
    let mut stream = connect(address)?;
    stream.write_all(get("/large").as_bytes())?;
    stream.read_exact(&mut [0; 100])?;
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))
}

/// Byte by byte; every tenth goes to sleep in the middle.
fn slow(address: SocketAddr, turn: usize) -> io::Result<()> {
    let mut stream = connect(address)?;
    stream.set_nodelay(true)?;
    for byte in CLOSE.bytes() {
        stream.write_all(&[byte])?;
    }
    if turn.is_multiple_of(10) {
        let mut stream = connect(address)?;
        stream.write_all(b"GET / HTTP/1.1\r\nHo")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    Ok(())
}

fn hostile(address: SocketAddr, turn: usize) -> io::Result<()> {
    let all = requests::REQUESTS;
    let request = &all[turn % all.len()];
    let mut stream = connect(address)?;
    // It may be refused before all is sent.
    let _ = stream.write_all(&request.bytes());
    let _ = stream.shutdown(Shutdown::Write);
    let _ = io::copy(&mut stream, &mut io::sink());
    Ok(())
}

fn large(address: SocketAddr, turn: usize) -> io::Result<()> {
    let mut stream = connect(address)?;
    let length = 3 << 20;
    let path = if turn.is_multiple_of(2) { "/" } else { "/large" };
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n"
    )?;
    io::copy(&mut io::repeat(b'x').take(length), &mut stream)?;
    let mut end = Vec::new();
    stream.read_to_end(&mut end)?;
    assert!(end.ends_with(b"\r\n0\r\n\r\n"), "the whole answer");
    Ok(())
}

fn send(
    traffic: Traffic,
    address: SocketAddr,
    until: Instant,
) -> (usize, usize) {
    let (mut turn, mut failed) = (0, 0);
    while Instant::now() < until {
        if let Err(error) = traffic(address, turn) {
            failed += 1;
            println!("turn {turn}: {error}");
        }
        turn += 1;
    }
    (turn, failed)
}

/// Sends all kinds at once; how often each, and how often in vain.
fn send_all(
    address: SocketAddr,
    time: Duration,
) -> [(usize, usize); 6] {
    let until = Instant::now() + time;
    let threads = TRAFFIC.map(|traffic| {
        thread::spawn(move || send(traffic, address, until))
    });
    threads.map(|thread| thread.join().expect("no panic"))
}

fn soak(time: Duration) {
    let server = Running::start();
    let address = server.address;
    let alone = server.state().descriptors;
    // Whatever is made once is made now.
    send_all(address, time / 10);
    let before = settled(&server, alone);
    let counts = send_all(address, time);
    let after = settled(&server, alone);
    println!("{counts:?} exchanges and failures");
    println!("before: {before:?}\nafter:  {after:?}");
    for (kind, (all, failed)) in counts.iter().enumerate() {
        assert!(*all > 0 && failed * 10 < *all, "kind {kind}");
    }
    let [pipelined, _, _, slow, _, large] = counts;
    for (all, failed) in [pipelined, slow, large] {
        assert_eq!(failed, 0, "of {all} that cannot fail");
    }
    assert_eq!(after.made, after.dropped, "bodies");
    assert_eq!(after.threads, before.threads, "threads");
    assert_eq!(after.descriptors, alone, "descriptors");
    let grown = after.memory.saturating_sub(before.memory);
    assert!(grown < 4096, "{grown} KiB of memory");
    println!("test soak ... ok");
}

/// The state when all connections are gone but the one that asks.
fn settled(server: &Running, alone: usize) -> State {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let state = server.state();
        let is_settled =
            state.descriptors == alone && state.made == state.dropped;
        if is_settled || Instant::now() > deadline {
            return state;
        }
        thread::sleep(Duration::from_millis(100));
    }
}
