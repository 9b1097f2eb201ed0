//! The server in a page: what it answers rightly, and what breaks it.

// What each of these has and this test does not use.
#![allow(dead_code)]

#[path = "../../../tests/outside/matrix/application.rs"]
mod application;
#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../program.rs"]
mod program;
#[path = "../../../tests/outside/matrix/requests.rs"]
mod requests;
#[path = "../src/bin/small5.rs"]
mod small5;

use program::{LIMIT, Program, bound};
use servers::{Kind, Site};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What `http` looks for.
mod process {
    pub use crate::program::LIMIT;
}

/// The one server that the shared requests are sent to.
mod servers {
    use crate::http::{Answer, send};
    use std::net::{SocketAddr, TcpListener};
    use std::thread;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Kind {
        Small,
        CgiApache,
    }

    pub const ALL: [Kind; 1] = [Kind::Small];
    pub const MOUNT: &str = "/cgi-bin/app";

    pub struct Site {
        pub address: SocketAddr,
    }

    impl Site {
        /// Serves until the test's process ends.
        pub fn start(_: Kind) -> Option<Self> {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let app = &crate::application::application;
            thread::spawn(|| crate::small5::serve(listener, app));
            Some(Self { address })
        }

        pub fn ask(&self, request: &[u8]) -> Answer {
            Answer::parse(request, &send(self.address, request))
        }
    }
}

#[test]
fn it_answers_all_but_three_of_the_shared_requests() {
    let site = Site::start(Kind::Small).unwrap();
    let (outcome, faults) = requests::outcome(Kind::Small, &site);
    let names = faults.iter().map(|fault| {
        let name = fault.strip_prefix("Small, ").unwrap();
        name.split_once(':').unwrap().0
    });
    let names: Vec<&str> = names.collect();
    let expected = ["a field in UTF-8", "a field twice", "httpoxy"];
    assert_eq!(names, expected, "{faults:?}");
    println!("small5: {outcome}, all but {}", names.join(", "));
}

impl Program {
    /// As the reader starts it.
    fn start() -> Self {
        let mut command = bound(env!("CARGO_BIN_EXE_small5"));
        Self::serving(command.stderr(Stdio::piped()), "http")
    }

    /// All that comes back for some bytes and the end after them.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// The same, for a head of HTTP/1.1.
    fn head(&self, line: &str, fields: &str) -> String {
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
        self.ask(&format!("{head}{fields}\r\n"))
    }

    /// Waits until it ends by itself. The error log, and how it did.
    fn ended(mut self) -> (String, ExitStatus) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LIMIT, "it serves on");
            thread::sleep(Duration::from_millis(5));
        };
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (log, status)
    }
}

#[test]
fn of_two_cookies_one_is_lost() {
    let fields = "Cookie: a=1\r\nCookie: b=2\r\n";
    let page = Program::start().head("GET /values?HTTP_C", fields);
    assert!(page.contains("\nHTTP_COOKIE = b=2\n"), "{page}");
}

#[test]
fn a_visitors_field_passes_for_the_proxys() {
    let fields = "X-Forwarded-For: 192.0.2.1\r\n\
                  X_Forwarded_For: 127.0.0.1\r\n";
    let page = Program::start().head("GET /values?HTTP_X", fields);
    let variable = "\nHTTP_X_FORWARDED_FOR = 127.0.0.1\n";
    assert!(page.contains(variable), "{page}");
}

#[test]
fn a_whole_url_is_taken_for_a_path() {
    let line = "GET http://localhost/values?PATH";
    let page = Program::start().head(line, "");
    assert!(page.contains("<h1>Keys in"), "{page}");
}

#[test]
fn a_sign_is_taken_for_a_digit() {
    let page = Program::start().head("GET /values/%+5?PATH", "");
    assert!(page.contains("PATH_INFO = /values/\u{5}\n"), "{page}");
}

#[test]
fn a_request_that_is_hidden_in_a_body_is_answered() {
    let hidden = "GET /upload HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let fields = format!("Content-Length: 41, 41\r\n\r\n{hidden}");
    let answers = Program::start().head("POST /upload", &fields);
    let count = answers.matches("HTTP/1.1 200 OK\r\n").count();
    assert_eq!((count, hidden.len()), (2, 41), "{answers}");
}

#[test]
fn half_a_body_passes_for_a_whole_one() {
    let answer = Program::start().ask(
        "POST /upload HTTP/1.1\r\n\
         Host: localhost\r\n\
         Content-Length: 5000\r\n\
         \r\n\
         Hello",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\n\r\n5 bytes\n"), "{answer}");
}

#[test]
fn an_old_client_gets_chunks() {
    let answer = Program::start().ask("GET /clock HTTP/1.0\r\n\r\n");
    let field = "\r\nTransfer-Encoding: chunked\r\n";
    assert!(answer.contains(field), "{answer}");
}

#[test]
fn four_lengths_that_cannot_be_end_it() {
    let program = Program::start();
    for _ in 0..4 {
        let length = "Content-Length: 18446744073709551615\r\n";
        let answer = program.head("POST /upload", length);
        assert!(answer.contains("Server: tiny-http"), "{answer}");
    }
    let (log, status) = program.ended();
    print!("{log}");
    assert_eq!(log.matches("capacity overflow").count(), 4, "{log}");
    assert_eq!(status.code(), Some(101), "{log}");
}

#[test]
fn a_length_beyond_the_memory_ends_it() {
    let program = Program::start();
    let length = "Content-Length: 1000000000000000\r\n";
    assert_eq!(program.head("POST /upload", length), "");
    let (log, status) = program.ended();
    assert!(log.contains("memory allocation of 10"), "{log}");
    assert_eq!(status.code(), None, "{log}");
}
