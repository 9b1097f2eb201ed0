//! What memory the gateway needs.

use crate::load;
use crate::servers::{Kind, Running};
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// What one streamed answer or upload may take, in KiB.
const BAR: u64 = 20 * 1024;

pub fn report(is_quick: bool) {
    let (first, second) = match is_quick {
        true => (10_000, 50_000),
        false => (100_000, 1_000_000),
    };
    println!("\nMemory of the gateway (resident, KiB)");
    let server = start();
    load::requests(server.address, first);
    println!("after {first} requests: {}", server.memory("VmRSS"));
    load::requests(server.address, second - first);
    println!("after {second} requests: {}", server.memory("VmRSS"));
    most("a streamed answer of 1 GiB", download);
    most("an upload of 1 GiB", upload);
}

fn start() -> Running {
    Running::start(Kind::Gateway).expect("a server")
}

fn most(what: &str, exchange: fn(TcpStream) -> io::Result<()>) {
    let server = start();
    let stream = TcpStream::connect(server.address);
    stream.and_then(exchange).expect("an answer");
    let peak = server.memory("VmHWM");
    let verdict = if peak < BAR { "met" } else { "MISSED" };
    println!("peak in {what}: {peak} (bar {BAR}: {verdict})");
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
