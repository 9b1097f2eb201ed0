//! What holds for a program whichever server it has. It is started as
//! the reader starts it, and talked to in bytes.

#[path = "program.rs"]
mod program;

use crate::PROGRAM;
pub use program::Program;
use program::{bound, read_answer};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

impl Program {
    /// The program, serving at a port of its own.
    pub fn start() -> Self {
        Self::with_flags(&[])
    }

    pub fn with_flags(flags: &[&str]) -> Self {
        let mut command = bound(PROGRAM);
        command.args(["--port", "0"]).args(flags);
        Self::serving(command.stderr(Stdio::piped()), "http")
    }

    /// What comes back for `request`, until the connection is closed.
    pub fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status();
        assert!(status.unwrap().success());
    }

    /// Stops it. The error log, and how it ended.
    pub fn stop(self) -> (String, ExitStatus) {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits until it ends by itself.
    pub fn ended(mut self) -> (String, ExitStatus) {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (log, self.child.wait().unwrap())
    }
}

/// A request that closes its connection. `rest` is what follows Host.
pub fn request(line: &str, rest: &str) -> String {
    let head = "Host: localhost\r\nConnection: close";
    format!("{line}\r\n{head}\r\n{rest}")
}

pub fn get(path: &str) -> String {
    request(&format!("GET {path} HTTP/1.1"), "\r\n")
}

pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect(answer).1
}

#[test]
fn every_key_is_shown_and_they_are_sorted() {
    let answer = Program::start().ask(&get("/"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let list = body(&answer).split("<p>\n").nth(1).unwrap();
    let list = list.strip_suffix("\n</p>\n").unwrap();
    let keys: Vec<&str> = list.split("<br />\n").collect();
    assert!(keys.is_sorted(), "{keys:?}");
    let expected = [
        "PATH_INFO",
        "REMOTE_ADDR",
        "wsgi.errors",
        "wsgi.file_wrapper",
        "wsgi.input",
        "wsgi.multiprocess",
        "wsgi.multithread",
        "wsgi.run_once",
        "wsgi.url_scheme",
        "wsgi.version",
    ];
    for key in expected {
        assert!(keys.contains(&key), "{key} is not in {keys:?}");
    }
}

#[test]
fn the_message_and_the_request_are_in_the_console() {
    let program = Program::start();
    program.ask(&get("/?a=b"));
    let (log, _) = program.stop();
    let is_own = |line: &&str| !line.starts_with("Stopping ");
    let lines: Vec<&str> = log.lines().filter(is_own).collect();
    assert_eq!(lines[0], "This will be sent to the error log");
    assert!(lines[1].starts_with("127.0.0.1 - - ["), "{log}");
    let end = lines[1].split_once(" +0000] ").unwrap().1;
    assert!(end.starts_with("\"GET /?a=b HTTP/1.1\" 200 "), "{log}");
}

#[test]
fn a_path_is_decoded_once_and_a_query_not_at_all() {
    let program = Program::start();
    let page = program.ask(&get("/values/caf%C3%A9%2541+%?PATH+%41"));
    let path = "PATH_INFO = /values/café%41+%\n";
    assert!(page.contains(path), "{page}");
    let page = program.ask(&get("/values?QUERY_STRING+%41"));
    let query = "QUERY_STRING = QUERY_STRING+%41\n";
    assert!(page.contains(query), "{page}");
}

#[test]
fn fields_become_variables() {
    let program = Program::start();
    let fields = "Accept: text/html\r\n\
                  Accept: text/plain\r\n\
                  Cookie: a=1\r\n\
                  Cookie: b=2\r\n\
                  Path-Info: /x\r\n\
                  X_Forwarded_For: 10.0.0.1\r\n\
                  Proxy: http://evil.example\r\n\r\n";
    let line = "GET /values?HTTP_+PATH_ HTTP/1.1";
    let page = program.ask(&request(line, fields));
    assert_eq!(
        body(&page),
        "<pre>\n\
         HTTP_ACCEPT = text/html, text/plain\n\
         HTTP_CONNECTION = close\n\
         HTTP_COOKIE = a=1; b=2\n\
         HTTP_HOST = localhost\n\
         HTTP_PATH_INFO = /x\n\
         PATH_INFO = /values\n\
         </pre>\n"
    );
}

#[test]
fn an_underscore_does_not_pass_for_a_hyphen() {
    let program = Program::start();
    let fields = "X-Name: good\r\nX_Name: bad\r\n\r\n";
    let line = "GET /values?HTTP_X HTTP/1.1";
    let page = program.ask(&request(line, fields));
    let is_field = |line: &&str| line.starts_with("HTTP_X");
    let shown: Vec<&str> = page.lines().filter(is_field).collect();
    assert_eq!(shown, ["HTTP_X_NAME = good"]);
}

#[test]
fn a_length_is_digits_and_nothing_else() {
    let program = Program::start();
    let body = "Content-Length: +5\r\n\r\nHello";
    let answer = program.ask(&request("POST /upload HTTP/1.1", body));
    let status = answer.lines().next();
    assert_eq!(status, Some("HTTP/1.1 400 Bad Request"));
}

#[test]
fn a_block_arrives_before_the_next_is_made() {
    let program = Program::start();
    let mut stream = program.connect();
    let began = Instant::now();
    stream.write_all(get("/clock").as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut arrived = |tick: &str| {
        let is_tick = |line: &io::Result<String>| {
            line.as_ref().is_ok_and(|line| line == tick)
        };
        assert!(lines.any(|line| is_tick(&line)), "{tick}");
        began.elapsed()
    };
    assert!(arrived("tick 1") < Duration::from_millis(750));
    assert!(arrived("tick 3") > Duration::from_millis(1150));
}

#[test]
fn a_stream_is_chunked_and_for_http_1_0_it_ends_by_closing() {
    let program = Program::start();
    let answer = program.ask(&get("/clock"));
    assert!(answer.contains("Transfer-Encoding: chunked"), "{answer}");
    let chunks = "7\r\ntick 1\n\r\n7\r\ntick 2\n\r\n7\r\ntick 3\n\r\n";
    assert_eq!(body(&answer), format!("{chunks}0\r\n\r\n"));
    let answer = program.ask("GET /clock HTTP/1.0\r\n\r\n");
    assert_eq!(body(&answer), "tick 1\ntick 2\ntick 3\n");
}

#[test]
fn head_has_the_fields_of_get_and_no_body() {
    let program = Program::start();
    let answer = program.ask(&request("HEAD / HTTP/1.1", "\r\n"));
    assert!(answer.contains("\r\nContent-Length: "), "{answer}");
    assert_eq!(body(&answer), "");
}

#[test]
fn a_body_is_read_whole_with_a_length_or_in_chunks() {
    let program = Program::start();
    let bytes = "x".repeat(100_000);
    let length = format!("Content-Length: 100000\r\n\r\n{bytes}");
    let post = "POST /upload HTTP/1.1";
    let answer = program.ask(&request(post, &length));
    assert_eq!(body(&answer), "100000 bytes\n");
    let coding = "Transfer-Encoding: chunked\r\n\r\n";
    let chunks = format!("{coding}186a0\r\n{bytes}\r\n0\r\n\r\n");
    let answer = program.ask(&request(post, &chunks));
    assert_eq!(body(&answer), "100000 bytes\n");
}

#[test]
fn a_body_that_is_cut_is_refused() {
    let program = Program::start();
    let cut = "Content-Length: 5000\r\n\r\nHello";
    let request = request("POST /upload HTTP/1.1", cut);
    let mut stream = program.connect();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    let (log, _) = program.stop();
    let why = "the request's body ends 4995 bytes early";
    assert!(log.contains(why), "{log}");
}

#[test]
fn whoever_expects_100_gets_it_when_the_body_is_read() {
    let program = Program::start();
    let mut stream = program.connect();
    let rest = "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    let head = request("POST /upload HTTP/1.1", rest);
    stream.write_all(head.as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    stream.get_mut().write_all(b"Hello").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n5 bytes\n"), "{answer}");
}

#[test]
fn what_follows_an_unread_body_is_answered() {
    let program = Program::start();
    let answer = program.ask(&format!(
        "POST /values/first?PATH HTTP/1.1\r\n\
         Host: localhost\r\n\
         Transfer-Encoding: chunked\r\n\
         \r\n\
         5\r\nHello\r\n0\r\n\r\n{}",
        get("/values/next?PATH")
    ));
    let answered: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("PATH_INFO = /values"))
        .collect();
    assert_eq!(answered, ["/first", "/next"]);
}

#[test]
fn two_ways_to_tell_the_length_are_one_too_many() {
    let program = Program::start();
    let both = "Content-Length: 5\r\n\
                Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = program.ask(&request("POST /upload HTTP/1.1", both));
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    let (log, _) = program.stop();
    let why =
        "400 Bad Request: misplaced Transfer-Encoding \"chunked\"";
    assert!(log.contains(why), "{log}");
}

#[test]
fn the_end_of_an_answer_does_not_wait_for_its_start() {
    let program = Program::start();
    let mut stream = BufReader::new(program.connect());
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut times: Vec<Duration> = (0..25)
        .map(|_| {
            let began = Instant::now();
            stream.get_mut().write_all(request.as_bytes()).unwrap();
            read_answer(&mut stream);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    let tens = times[12].as_millis() / 10 * 10;
    assert!(tens < 20, "{tens} milliseconds or more for an answer");
}

#[test]
fn a_signal_lets_the_answer_under_way_end() {
    for signal in ["-INT", "-TERM"] {
        let program = Program::start();
        let mut stream = program.connect();
        stream.write_all(get("/clock").as_bytes()).unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
        program.signal(signal);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let is_tick = |line: &&str| line.starts_with("tick ");
        let ticks: Vec<&str> = answer.lines().filter(is_tick).collect();
        assert_eq!(ticks, ["tick 1", "tick 2", "tick 3"]);
        let mut program = program;
        let status = program.child.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn a_port_that_is_taken_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output =
        Command::new(PROGRAM).args(["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    let start = format!("cannot listen at 127.0.0.1:{port}: ");
    assert!(log.starts_with(&start), "{log}");
    assert!(log.contains("--port 0 takes one that is free"), "{log}");
}

#[test]
fn one_thread_answers_one_request_at_a_time() {
    let program = Program::with_flags(&["--threads", "1"]);
    let began = Instant::now();
    let mut clocks: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = program.connect();
            stream.write_all(get("/clock").as_bytes()).unwrap();
            stream
        })
        .collect();
    for clock in &mut clocks {
        io::copy(clock, &mut io::sink()).unwrap();
    }
    assert!(began.elapsed() > Duration::from_millis(2300));
}
