//! The tap passes on what it is given, and draws it.

#[path = "../../program.rs"]
mod program;

use program::{LIMIT, bound, connect};
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

const TAP: &str = env!("CARGO_BIN_EXE_tap");

/// A tap on a server that the test is, ended with this value.
struct Tap {
    child: Child,
    address: SocketAddr,
    server: TcpListener,
    rows: Receiver<String>,
}

impl Tap {
    fn start() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port().to_string();
        let mut child = bound(TAP)
            .args([&port, "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, rows) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                // The test may be over.
                let _ = sender.send(line.unwrap());
            }
        });
        let first = rows.recv_timeout(LIMIT).unwrap();
        let own = first.strip_prefix("http://").expect(&first);
        let (own, to) = own.split_once(" leads to ").expect(&first);
        assert_eq!(to, format!("http://127.0.0.1:{port}"));
        let tap =
            Self { child, address: own.parse().unwrap(), server, rows };
        let sides = format!("client{:>59}", "server");
        let heading = format!("  #       ms  {sides}");
        assert_eq!([tap.row(), tap.row()], ["", &heading]);
        tap
    }

    /// Both ends of a connection through the tap.
    fn join(&self) -> (TcpStream, TcpStream) {
        let client = connect(self.address);
        let (server, _) = self.server.accept().unwrap();
        server.set_read_timeout(Some(LIMIT)).unwrap();
        server.set_write_timeout(Some(LIMIT)).unwrap();
        (client, server)
    }

    fn row(&self) -> String {
        self.rows.recv_timeout(LIMIT).expect("another row")
    }

    /// The rows up to one that has this in it.
    fn rows_until(&self, part: &str) -> Vec<String> {
        let mut rows = Vec::new();
        loop {
            rows.push(self.row());
            if rows.last().is_some_and(|row| row.contains(part)) {
                return rows;
            }
        }
    }

    /// The rows until both sides have closed, each time as 0.0.
    fn drawing(&self) -> String {
        let mut rows = self.rows_until("closes ─");
        rows.extend(self.rows_until("closes ─"));
        let rows = rows.into_iter().map(|row| match time(&row) {
            Some(_) => format!("{}     0.0{}\n", &row[..4], &row[12..]),
            None => row + "\n",
        });
        rows.collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// When it happened, if the row is an arrow.
fn time(row: &str) -> Option<f64> {
    row.get(4..12)?.trim().parse().ok()
}

/// Sends it whole, and waits for it at the other end.
fn say(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    from.write_all(bytes).unwrap();
    let mut heard = vec![0; bytes.len()];
    to.read_exact(&mut heard).unwrap();
    assert_eq!(heard, bytes);
}

fn close(one: TcpStream, other: &mut TcpStream) {
    drop(one);
    assert_eq!(other.read(&mut [0; 9]).unwrap(), 0);
}

const GET: &[u8] = b"GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
                       Content-Length: 6\r\n\r\nHello\n";

#[test]
fn who_says_what_is_drawn() {
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    say(&mut client, &mut server, GET);
    say(&mut server, &mut client, HELLO);
    close(client, &mut server);
    drop(server);
    assert_eq!(tap.drawing(), include_str!("tap.txt"));
}

/// What a drawing says, without its rows' frames.
fn texts(drawing: &str) -> Vec<&str> {
    drawing
        .lines()
        .filter_map(|row| row.split('│').nth(1))
        .map(|text| text.trim_matches([' ', '─', '◀', '▶']))
        .collect()
}

#[test]
fn requests_that_come_together_are_told_apart() {
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    let post = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b";
    say(&mut client, &mut server, &[GET, post, GET].concat());
    let head =
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n";
    let answers = [HELLO, head, HELLO].concat();
    say(&mut server, &mut client, &answers);
    // And on the same connection later.
    say(&mut client, &mut server, GET);
    close(client, &mut server);
    drop(server);
    let get = ["GET /a?b=c HTTP/1.1", "Host: localhost", ""];
    let hello = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain",
        "Content-Length: 6",
        "",
        "Hello",
    ];
    let expected = [
        &["connects", "121 bytes"][..],
        &get,
        &["POST / HTTP/1.1", "Content-Length: 3", "", "a=b"],
        &get,
        &["188 bytes"],
        &hello,
        &["HTTP/1.1 304 Not Modified", "Content-Length: 9", ""],
        &hello,
        &["40 bytes"],
        &get,
        &["closes", "closes"],
    ];
    assert_eq!(texts(&tap.drawing()), expected.concat());
}

#[test]
fn nothing_that_a_terminal_obeys_is_drawn() {
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    let head = "GET /\u{1b}[2J\u{9b}\u{202e}é\t\\\"' HTTP/1.1\r\n\
                A: \x00\x07\x08\x7f\rb\u{200b}\u{301}\r\n\r\n";
    say(&mut client, &mut server, head.as_bytes());
    say(&mut client, &mut server, b"\x1b]0;title\x07, and more text");
    say(&mut server, &mut client, b"HTTP/1.1 200 \xff\r\n\r\n");
    close(client, &mut server);
    drop(server);
    let expected = [
        "connects",
        "49 bytes",
        "GET /\\u{1b}[2J\\u{9b}\\u{202e}é\\t\\\\\"' HTTP/1.1",
        "A: \\0\\u{7}\\u{8}\\u{7f}\\rb\\u{200b}\\u{301}",
        "",
        "25 bytes",
        "\\u{1b}]0;title\\u{7}, and more text",
        "18 bytes",
        "HTTP/1.1 200 \\xff",
        "",
        "closes",
        "closes",
    ];
    assert_eq!(texts(&tap.drawing()), expected);
}

#[test]
fn long_bodies_are_cut_and_others_than_texts_counted() {
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    let answer = |body: &[u8]| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let lines = "0123456789\n".repeat(1000);
    // The second byte of a character would be the 401st.
    let letters = format!("x{}", "é".repeat(300));
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    for body in [lines.as_bytes(), letters.as_bytes(), &gzip] {
        say(&mut server, &mut client, &answer(body));
    }
    close(client, &mut server);
    drop(server);
    let head = |length| ["HTTP/1.1 200 OK", length, ""];
    let letters = "é".repeat(50);
    let expected = [
        &["connects", "11,042 bytes"][..],
        &head("Content-Length: 11000"),
        &["0123456789"; 36],
        &["0123", "… 10,600 bytes more", "641 bytes"],
        &head("Content-Length: 601"),
        &[&format!("x{}", "é".repeat(49)), &letters, &letters],
        &[&letters, "… 202 bytes more"],
        &["49 bytes"],
        &head("Content-Length: 10"),
        &["(10 bytes)", "closes", "closes"],
    ];
    assert_eq!(texts(&tap.drawing()), expected.concat());
}

#[test]
fn tls_is_known_and_so_is_what_is_neither() {
    let tap = Tap::start();
    for (bytes, what) in [
        (
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..],
            "(9 bytes of TLS: ask for http://, not https://)",
        ),
        (b"\x00\x01\x02", "(3 bytes that are not HTTP)"),
    ] {
        let (mut client, mut server) = tap.join();
        say(&mut client, &mut server, bytes);
        close(client, &mut server);
        drop(server);
        let drawing = tap.drawing();
        assert_eq!(texts(&drawing)[2], what);
    }
}

#[test]
fn it_is_seen_that_a_server_waits() {
    const PAUSE: Duration = Duration::from_millis(60);
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    say(&mut client, &mut server, GET);
    let (head, body) = HELLO.split_at(HELLO.len() - 6);
    say(&mut server, &mut client, head);
    let mut rows = tap.rows_until("Content-Length: 6");
    // The beginning is drawn and passed on while the rest is not said.
    thread::sleep(PAUSE);
    say(&mut server, &mut client, body);
    rows.extend(tap.rows_until("Hello"));
    let times: Vec<f64> = rows.iter().filter_map(|r| time(r)).collect();
    assert_eq!(times.len(), 4, "{rows:?}");
    assert!(times.is_sorted(), "{times:?}");
    let pause = times[3] - times[2];
    assert!(pause >= PAUSE.as_secs_f64() * 1000.0 - 0.1, "{times:?}");
}

#[test]
fn whoever_has_said_all_still_hears() {
    let tap = Tap::start();
    let (mut client, mut server) = tap.join();
    say(&mut client, &mut server, GET);
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0; 9]).unwrap(), 0);
    say(&mut server, &mut client, HELLO);
    close(server, &mut client);
    let drawing = tap.drawing();
    let texts = texts(&drawing);
    assert_eq!(
        texts[1..6],
        [
            "40 bytes",
            "GET /a?b=c HTTP/1.1",
            "Host: localhost",
            "",
            "closes"
        ]
    );
    assert_eq!(texts.last(), Some(&"closes"));
}

#[test]
fn a_server_learns_that_its_client_has_left() {
    let tap = Tap::start();
    let (client, mut server) = tap.join();
    drop(client);
    let block = [b'x'; 10_000];
    let sent =
        (0..100_000).find_map(|_| server.write_all(&block).err());
    let error = sent.expect("an end");
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    let kinds = [BrokenPipe, ConnectionReset];
    assert!(kinds.contains(&error.kind()), "{error}");
    // And others are served.
    let (mut client, mut server) = tap.join();
    say(&mut client, &mut server, GET);
    tap.rows_until("closes ─");
    tap.rows_until("  2 ");
}

#[test]
fn it_is_said_that_nothing_listens_at_the_port() {
    let mut tap = Tap::start();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = std::mem::replace(&mut tap.server, other);
    let address = server.local_addr().unwrap();
    drop(server);
    let mut client = connect(tap.address);
    assert_eq!(client.read(&mut [0; 9]).unwrap(), 0);
    let why = format!("nothing listens at {address}: start the server");
    let rows = tap.rows_until(&why);
    assert_eq!(rows.len(), 2);
    // Once it is there, all is well.
    tap.server = TcpListener::bind(address).unwrap();
    let (mut client, mut server) = tap.join();
    say(&mut client, &mut server, GET);
}

#[test]
fn connections_have_their_own_numbers_and_times() {
    let tap = Tap::start();
    let mut all: Vec<_> = (0..5).map(|_| tap.join()).collect();
    for n in [3, 0, 4, 1, 2] {
        let (client, server) = &mut all[n];
        let request = format!("GET /{n} HTTP/1.1\r\n\r\n");
        say(client, server, request.as_bytes());
        let rows = tap.rows_until(&format!(" GET /{n} "));
        let arrow = &rows[rows.len() - 2];
        assert_eq!(arrow[..4], format!("{:3} ", n + 1), "{arrow}");
        assert!(time(arrow).is_some());
    }
}

/// Numbers that are another each time.
fn random(below: usize) -> usize {
    RandomState::new().hash_one(0) as usize % below
}

/// What is like HTTP, in any order, and of many lengths.
fn noise(length: usize) -> Vec<u8> {
    let mut noise = Vec::new();
    while noise.len() < length {
        match random(12) {
            0 => noise.extend(GET),
            1 => noise.extend(HELLO),
            2 => noise.extend(b"HTTP/1.1 200 OK\r\n"),
            3 => noise.extend(b"\r\n\r\n"),
            4 => noise.extend(b"Content-Length: 70000\r\n"),
            5 => noise.extend([0x80; 1000]),
            6 => noise.extend("é\u{1b}[7m\u{202e}".repeat(50).bytes()),
            7 => noise.extend((0..9000).map(|_| random(256) as u8)),
            8 => noise.extend(b"\x16\x03"),
            9 => noise.push(b'\n'),
            10 => noise.extend("漢字".repeat(99).bytes()),
            _ => noise.extend(b"ten bytes.".repeat(random(1000))),
        }
    }
    noise.truncate(length);
    noise
}

#[test]
fn bytes_pass_unchanged_both_ways() {
    const ALL: usize = 1 << 20;
    let tap = Tap::start();
    let (client, server) = tap.join();
    let pass = |mut from: TcpStream, mut to: TcpStream| {
        let said = noise(ALL);
        let sent = said.clone();
        let sender = thread::spawn(move || {
            let mut rest = &sent[..];
            while !rest.is_empty() {
                let length = rest.len().min(1 + random(100_000));
                from.write_all(&rest[..length]).unwrap();
                rest = &rest[length..];
            }
            from.shutdown(Shutdown::Write).unwrap();
        });
        let hearer = thread::spawn(move || {
            let mut heard = Vec::new();
            to.read_to_end(&mut heard).unwrap();
            assert!(heard == said, "{} bytes", heard.len());
        });
        [sender, hearer]
    };
    let clone = |stream: &TcpStream| stream.try_clone().unwrap();
    let threads =
        [pass(clone(&client), clone(&server)), pass(server, client)];
    for thread in threads.into_iter().flatten() {
        thread.join().unwrap();
    }
    for row in tap.drawing().lines() {
        assert!(!row.contains(char::is_control), "{row:?}");
        assert_eq!(row.chars().count(), 80, "{row:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_explained() {
    // Two in a row, so that the second is where it would listen.
    let (port, _one, _two) = (0..1000)
        .find_map(|_| {
            let one = TcpListener::bind("127.0.0.1:0").ok()?;
            let port = one.local_addr().ok()?.port().checked_add(1)?;
            let two = TcpListener::bind(("127.0.0.1", port)).ok()?;
            Some((port, one, two))
        })
        .unwrap();
    let server = (port - 1).to_string();
    let output = Command::new(TAP).arg(server).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    let start = format!("cannot listen at 127.0.0.1:{port}: ");
    assert!(log.starts_with(&start), "{log}");
    assert!(log.ends_with("; --port 0 takes one that is free\n"));
}

#[test]
fn without_a_port_it_says_how_it_is_started() {
    for words in [
        &[][..],
        &["x"],
        &["65536"],
        &["65535"],
        &["8000", "8001"],
        &["8000", "--port"],
        &["8000", "--port", "-1"],
    ] {
        let output = Command::new(TAP).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let usage = String::from_utf8(output.stderr).unwrap();
        assert!(
            usage.contains("    tap 8000 --port 8001\n"),
            "{usage}"
        );
    }
}

#[test]
fn it_ends_when_nobody_sees_the_drawing_any_more() {
    let mut child = bound(TAP)
        .args(["8000", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    let own = first.strip_prefix("http://").unwrap();
    let own = own.split(' ').next().unwrap().parse().unwrap();
    drop(stdout);
    // It may have ended already.
    let _ = TcpStream::connect::<SocketAddr>(own);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.starts_with("cannot draw any more: "), "{log}");
}
