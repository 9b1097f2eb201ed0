//! What memory the gateway needs.

use crate::compare::verdict;
use crate::load;
use crate::servers::{Kind, Running};
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// What one streamed answer or upload may take, in KiB.
const BAR: u64 = 20 * 1024;

/// How many allocations a request may need, once the server is warm.
const ALLOCATIONS: f64 = 2.0;

/// With a look at the memory after so many requests, and so many.
///
/// # Panics
///
/// A request needs more allocations than it should.
pub fn report(looks: [usize; 2]) {
    allocations();
    for kind in [Kind::Gateway, Kind::Http] {
        resident(kind, looks);
    }
}

/// The client is not counted: this is another process.
fn allocations() {
    const REQUESTS: usize = 10_000;
    let server = start(Kind::Counted);
    let count = || {
        let stream = TcpStream::connect(server.address);
        let answer = stream.and_then(|s| ask(s, "/count"));
        let answer = answer.expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        body.parse::<usize>().expect("a number")
    };
    load::requests(server.address, "/hello", 1000);
    // What the new connections need is told by a shorter run.
    let before = count();
    load::requests(server.address, "/hello", REQUESTS);
    let between = count();
    load::requests(server.address, "/hello", 2 * REQUESTS);
    let after = count();
    let more = (after - between) as f64 - (between - before) as f64;
    let each = more / REQUESTS as f64;
    // A queue that grows by one is no cost of a request.
    let is_met = each < ALLOCATIONS + 0.01;
    println!(
        "\nAllocations of gateway::http for /hello: {each:.4} \
         (bar {ALLOCATIONS}: {})",
        verdict(is_met)
    );
    assert!(is_met, "a request needs {each} allocations");
}

fn resident(kind: Kind, [first, second]: [usize; 2]) {
    println!("\nMemory of {} (resident, KiB)", kind.name());
    let server = start(kind);
    load::requests(server.address, "/environ", first);
    println!("after {first} requests: {}", server.memory("VmRSS"));
    load::requests(server.address, "/environ", second - first);
    println!("after {second} requests: {}", server.memory("VmRSS"));
    most(kind, "a streamed answer of 1 GiB", download);
    most(kind, "an upload of 1 GiB", upload);
}

fn start(kind: Kind) -> Running {
    Running::start(kind).expect("a server")
}

fn most(
    kind: Kind,
    what: &str,
    exchange: fn(TcpStream) -> io::Result<()>,
) {
    let server = start(kind);
    let stream = TcpStream::connect(server.address);
    stream.and_then(exchange).expect("an answer");
    let peak = server.memory("VmHWM");
    let verdict = verdict(peak < BAR);
    println!("peak in {what}: {peak} (bar {BAR}: {verdict})");
}

fn ask(mut stream: TcpStream, page: &str) -> io::Result<String> {
    write!(
        stream,
        "GET {page} HTTP/1.1\r\nHost: a\r\n\
         Connection: close\r\n\r\n"
    )?;
    io::read_to_string(stream)
}

fn download(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(
        b"GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )?;
    let read = io::copy(&mut stream, &mut io::sink())?;
    assert!(read > 1 << 30, "{read} bytes of an answer");
    Ok(())
}

fn upload(mut stream: TcpStream) -> io::Result<()> {
    write!(
        stream,
        "POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        1 << 30
    )?;
    io::copy(&mut io::repeat(b'x').take(1 << 30), &mut stream)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.ends_with("1073741824 bytes"), "{answer}");
    Ok(())
}
