//! `cargo bench --bench crowd`: what many clients cost `gateway::http`
//! that do nothing, or little, or all come at once.
//!
//! With `CROWD_SECONDS=2` only a small crowd comes, for so long; with
//! `CROWDS=300` so many small crowds come, one after another; with the
//! argument `amid`, nothing but the great crowd; with `--table`, what
//! comes out goes into the book's table. It fails if somebody waits for
//! a second, a slow client is cut, or the server takes too much memory.
//!
//! The server is a process of its own, this very program.

mod amid;
#[path = "../../tests/bound/mod.rs"]
mod bound;
mod clients;

use bound::bound;
use gateway::http::{Limits, Server};
use gateway::{
    Body, Environ, ErrorLog, Response, Result, StartResponse,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ExitCode, Stdio};
use std::sync::Barrier;
use std::time::{Duration, Instant};
use std::{env, fs, iter, thread};

const IDLE: usize = 10_000;
const SLOW: usize = 1_000;
const BURSTS: usize = 64;
const BURST: usize = 100;

/// How many requests are served at a time.
const THREADS: usize = 4;

/// How long a head may take, for the slow clients' sake.
const HEAD: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    raise_limit();
    if env::args().any(|argument| argument == "--serve") {
        serve();
        return ExitCode::SUCCESS;
    }
    let stands = match (number("CROWDS"), number("CROWD_SECONDS")) {
        (Some(count), _) => amid::many(count),
        (None, Some(seconds)) => {
            amid::one(Some(seconds as u64), &mut Table::new())
        }
        (None, None) => {
            let is_asked = |name| env::args().any(|word| word == name);
            let mut table = Table::new();
            if !is_asked("amid") {
                idle(&mut table);
                slow(&mut table);
                bursts();
            }
            let stands = amid::one(None, &mut table);
            if is_asked("--table") {
                fs::write(TABLE, table.0).expect("a file");
            }
            stands
        }
    };
    match stands {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Where the book has it from.
const TABLE: &str = "benches/crowd/table.md";

/// What a page costs amid each crowd, and what the server then is.
struct Table(String);

impl Table {
    fn new() -> Self {
        let titles = "| amid | half of the pages within | 99 of 100 \
            | all | threads | memory |\n\
            | --- | ---: | ---: | ---: | ---: | ---: |\n";
        Self(titles.into())
    }

    /// The times are sorted, the memory is in KiB.
    fn row(
        &mut self,
        crowd: &str,
        times: &[Duration],
        threads: u64,
        memory: u64,
    ) {
        let part = |percent| milliseconds(amid::part(times, percent));
        self.0 += &format!(
            "| {crowd} | {} | {} | {} | {threads} | {} MiB |\n",
            part(50),
            part(99),
            part(100),
            memory.div_ceil(1024)
        );
    }
}

fn milliseconds(time: Duration) -> String {
    match time.as_secs_f64() * 1000.0 {
        long @ 10.0.. => format!("{long:.0} ms"),
        short => format!("{short:.2} ms"),
    }
}

fn number(variable: &str) -> Option<usize> {
    let text = env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

/// As many files as the system lets us have: each connection is one.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit { current: limit.maximum, ..limit };
    let raised = setrlimit(Resource::Nofile, all).is_ok();
    let enough = limit.maximum.is_none_or(|most| most > 11_000);
    assert!(raised && enough, "ulimit -Hn must be more than 11000");
}

fn serve() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    let limits = Limits { head: HEAD, ..Limits::default() };
    // Each slow client is worth a line, a thousand are not.
    let server = server.errors(ErrorLog::new(io::sink()));
    let server = server.limits(limits).threads(THREADS);
    server.serve(application).expect("serves");
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    io::copy(&mut environ.input, &mut io::sink())?;
    let headers = [("Content-Type", "text/plain")];
    if environ.bytes("PATH_INFO") == Some(b"/endless") {
        let block = || Ok(BLOCK.as_slice().into());
        let body = Body::blocks(iter::repeat_with(block));
        return Ok(start_response("200 OK", &headers)?.body(body));
    }
    Ok(start_response("200 OK", &headers)?.body("Hello"))
}

static BLOCK: [u8; 65536] = [b'x'; 65536];

/// A server, ended with this value.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start() -> Self {
        let program = env::current_exe().expect("a path");
        let mut command = bound(program);
        command.arg("--serve").stdout(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().parse().expect("an address");
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address);
        let stream = stream.expect("a connection");
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).expect("an option");
        stream.set_nodelay(true).expect("an option");
        stream
    }

    /// A number that the system knows: memory is in KiB.
    fn status(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("Linux");
        let line = status.lines().find(|l| l.starts_with(name));
        let word = line.expect("a line").split_whitespace().nth(1);
        word.expect("a word").parse().expect("a number")
    }

    /// The times of so many requests on one connection, sorted.
    fn times(&self, count: usize) -> Vec<Duration> {
        let mut stream = self.connect();
        let mut times: Vec<_> =
            (0..count).map(|_| ask(&mut stream)).collect();
        times.sort_unstable();
        times
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn ask(stream: &mut TcpStream) -> Duration {
    let start = Instant::now();
    stream.write_all(REQUEST).expect("is sent");
    read_answer(stream).expect("an answer");
    start.elapsed()
}

fn read_answer(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = Vec::new();
    let mut block = [0; 1024];
    while !answer.ends_with(b"Hello") {
        match stream.read(&mut block)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => answer.extend_from_slice(&block[..length]),
        }
    }
    Ok(())
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

fn idle(table: &mut Table) {
    let server = Running::start();
    server.times(1000);
    let (before, alone) = (server.status("VmRSS"), server.times(2000));
    table.row("nobody", &alone, server.status("Threads"), before);
    let crowd: Vec<_> = (0..IDLE)
        .map(|_| {
            let mut stream = server.connect();
            ask(&mut stream);
            stream
        })
        .collect();
    let (memory, amid) = (server.status("VmRSS"), server.times(2000));
    let name = format!("{IDLE} silent clients");
    table.row(&name, &amid, server.status("Threads"), memory);
    let (amid, alone) = (amid[1000], alone[1000]);
    println!("{IDLE} idle connections");
    println!(
        "  memory: {memory} KiB, {before} without them \
         (bar 150 MiB: {})",
        verdict(memory < 150 << 10)
    );
    let ratio = amid.as_secs_f64() / alone.as_secs_f64();
    println!(
        "  p50 of a request: {amid:?}, {alone:?} without them, \
         ratio {ratio:.2} (bar 2: {})",
        verdict(ratio < 2.0)
    );
    drop(crowd);
}

/// A byte a second, of a head that never ends.
fn slow(table: &mut Table) {
    let server = Running::start();
    server.times(1000);
    let alone = server.times(2000);
    let (mut threads, mut memory) = (0, 0);
    let mut slow: Vec<_> =
        (0..SLOW).map(|_| server.connect()).collect();
    let start = Instant::now();
    let mut amid = Vec::new();
    let mut gone_first = None;
    while !slow.is_empty() && start.elapsed() < HEAD * 4 {
        let next = Instant::now() + Duration::from_secs(1);
        slow.retain_mut(|stream| is_open(stream) && send(stream, b"x"));
        if slow.len() < SLOW && gone_first.is_none() {
            gone_first = Some(start.elapsed());
        }
        while Instant::now() < next {
            amid.extend(server.times(100));
        }
        if slow.len() == SLOW {
            threads = threads.max(server.status("Threads"));
            memory = memory.max(server.status("VmRSS"));
        }
    }
    let gone_last = start.elapsed();
    amid.sort_unstable();
    let name = format!("{SLOW} half heads, a byte a second each");
    table.row(&name, &amid, threads, memory);
    println!("{SLOW} clients that send a byte a second");
    println!(
        "  cut off between {gone_first:.1?} and {gone_last:.1?}, \
         looked at each second (limit {HEAD:?}: {})",
        verdict(
            slow.is_empty()
                && gone_last < HEAD + Duration::from_millis(2500)
        )
    );
    for (name, part) in [("p50", 50), ("p99", 99)] {
        let at = |times: &[Duration]| times[times.len() * part / 100];
        println!(
            "  {name} of others: {:?}, {:?} without them",
            at(&amid),
            at(&alone)
        );
    }
}

fn send(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok()
}

/// Has the server closed it?
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("an option");
    let seen = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("an option");
    matches!(seen, Err(e) if e.kind() == ErrorKind::WouldBlock)
}

/// Clients that connect at once, ask, and stay.
fn bursts() {
    let server = Running::start();
    const THREADS: usize = 4;
    let mut longest = Duration::ZERO;
    for _ in 0..BURSTS {
        let barrier = Barrier::new(THREADS);
        let burst = || {
            barrier.wait();
            let start = Instant::now();
            let mut clients: Vec<_> = (0..BURST / THREADS)
                .map(|_| {
                    let mut stream = server.connect();
                    stream.write_all(REQUEST).expect("is sent");
                    stream
                })
                .collect();
            for client in &mut clients {
                read_answer(client).expect("an answer");
            }
            (start.elapsed(), clients)
        };
        thread::scope(|scope| {
            let threads: Vec<_> =
                (0..THREADS).map(|_| scope.spawn(burst)).collect();
            // All stay until the last is answered.
            let ended = threads.into_iter().map(|t| t.join());
            let ended: Vec<_> =
                ended.map(|client| client.expect("no panic")).collect();
            let slowest = ended.iter().map(|(time, _)| *time).max();
            longest = longest.max(slowest.unwrap_or_default());
        });
    }
    println!("{BURST} clients at once, {BURSTS} times");
    println!(
        "  the longest wait: {longest:?} (bar 100 ms: {})",
        verdict(longest < Duration::from_millis(100))
    );
}
