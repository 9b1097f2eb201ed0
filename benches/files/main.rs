//! `cargo bench --bench files`: a file of 100 MB, by `files` over
//! `gateway::http` and by nginx without `sendfile`. `-- --short` only
//! sees that all of it works.
//!
//! It fails if a server that is here does not start, or sends anything
//! but the file. Each is a process of its own. In every round both send
//! the file, so that a busy moment of the machine falls on both; ratios
//! are taken within a round, and their median is shown, with the
//! quartiles.

#[path = "../../tests/bound/mod.rs"]
mod bound;
#[path = "../nginx/mod.rs"]
mod nginx;

use gateway::middleware::files;
use nginx::{Folder, Running};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

const CONNECTIONS: [usize; 2] = [1, 4];
const BAR: f64 = 0.8;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let value = |flag| {
        let at = arguments.iter().position(|a| a == flag)?;
        arguments.get(at + 1)
    };
    if let Some(folder) = value("--serve") {
        return serve(folder);
    }
    let is_short = arguments.iter().any(|a| a == "--short");
    let (rounds, megabytes) = if is_short { (1, 1) } else { (15, 100) };
    let folder = Folder::new("bench-files");
    // Not like the next block, or the last.
    let file: Vec<u8> =
        (0..megabytes * 1_000_000_u32).map(|n| (n / 7) as u8).collect();
    fs::write(folder.0.join("file"), &file).expect("a file");
    let (_ours, ours) = gateway(&folder.0);
    let theirs = nginx(&folder);
    check(ours, &file);
    if let Some((_, theirs)) = &theirs {
        check(*theirs, &file);
    }
    let Some((_nginx, theirs)) = theirs else {
        println!("nginx: NOT HERE");
        return;
    };
    for connections in CONNECTIONS {
        let rate = |server| rate(server, connections);
        let rates: Vec<[f64; 2]> =
            (0..rounds).map(|_| [rate(ours), rate(theirs)]).collect();
        print(connections, &rates);
    }
}

fn print(connections: usize, rates: &[[f64; 2]]) {
    let [ours, theirs] = [0, 1].map(|at| {
        quartiles(rates.iter().map(|rates| rates[at]).collect())[1]
    });
    let ratios = rates.iter().map(|[ours, theirs]| ours / theirs);
    let [low, ratio, high] = quartiles(ratios.collect());
    let verdict = if ratio >= BAR { "met" } else { "MISSED" };
    println!(
        "{connections} connections: gateway::http {ours:.0} MB/s, \
         nginx {theirs:.0} MB/s: {ratio:.2}, {low:.2} to {high:.2} \
         (bar {BAR}: {verdict})"
    );
}

/// A quarter of the values are below the first, half of them below
/// the second, and a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn serve(folder: &str) {
    let server =
        gateway::http::Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    server.serve(files(folder)).expect("serves");
}

fn gateway(folder: &Path) -> (Running, SocketAddr) {
    let this = env::current_exe().expect("this program");
    let mut command: Command = bound::bound(this);
    command.arg("--serve").arg(folder).stdout(Stdio::piped());
    let mut child = command.spawn().expect("a process");
    let stdout = child.stdout.take().expect("is piped");
    let running = Running(child);
    let mut line = String::new();
    let _ = BufReader::new(stdout).read_line(&mut line);
    (running, line.trim().parse().expect("an address"))
}

/// With as many workers as there are cores.
fn nginx(folder: &Folder) -> Option<(Running, SocketAddr)> {
    let cores = thread::available_parallelism();
    let path = folder.0.display();
    let http = format!(
        "sendfile off;\nserver {{ listen LISTEN; root {path}; }}\n"
    );
    nginx::start(folder, cores.map_or(1, usize::from), &http)
}

/// # Panics
///
/// It sends something else.
fn check(server: SocketAddr, file: &[u8]) {
    let mut sent = Vec::new();
    let mut stream = ask(server);
    stream.read_to_end(&mut sent).expect("an answer");
    let is_it =
        sent.starts_with(b"HTTP/1.1 200") && sent.ends_with(file);
    assert!(is_it, "{server} sent {} bytes", sent.len());
}

fn ask(server: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(server).expect("a connection");
    let request = "GET /file HTTP/1.1\r\nHost: localhost\r\n\
                   Connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("is sent");
    stream
}

/// All bytes in megabytes a second.
fn rate(server: SocketAddr, connections: usize) -> f64 {
    let start = Instant::now();
    let bytes: usize = thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| read_all(ask(server))))
            .collect();
        clients.into_iter().map(|c| c.join().expect("ends")).sum()
    });
    bytes as f64 / start.elapsed().as_secs_f64() / 1e6
}

fn read_all(mut stream: TcpStream) -> usize {
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        match stream.read(&mut buffer).expect("an answer") {
            0 => return bytes,
            read => bytes += read,
        }
    }
}
