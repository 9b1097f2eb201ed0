//! `mine10`, with our pieces.

#[path = "../../program.rs"]
mod program;

use flate2::read::GzDecoder;
use program::{LIMIT, Program, bound};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::mpsc::{self, Receiver};
use std::thread;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// The server, and the lines of its log.
struct Mine {
    program: Program,
    log: Receiver<String>,
}

impl Mine {
    fn start() -> Self {
        let mut command = bound(env!("CARGO_BIN_EXE_mine10"));
        command.arg("--ours").stderr(Stdio::piped());
        let mut program = Program::serving(&mut command, "http");
        let stderr =
            BufReader::new(program.child.stderr.take().unwrap());
        let (sender, log) = mpsc::channel();
        // It ends with the program, whose log that is.
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { program, log }
    }

    fn logged(&self) -> String {
        self.log.recv_timeout(LIMIT).expect("a line in the log")
    }

    /// Head and body of the answer.
    fn ask(
        &self,
        line: &str,
        fields: &str,
        body: &str,
    ) -> (String, Vec<u8>) {
        let mut stream = self.program.connect();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{fields}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let mut ends = answer.windows(4);
        let end = ends.position(|four| four == b"\r\n\r\n").unwrap();
        let body = answer.split_off(end + 4);
        (String::from_utf8(answer).unwrap(), body)
    }

    fn get(&self, path: &str, field: &str) -> (String, Vec<u8>) {
        self.ask(&format!("GET {path}"), field, "")
    }
}

/// What was sent in chunks.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.iter().position(|b| *b == b'\r').unwrap();
        let size = str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

#[test]
fn each_answer_can_be_seen() {
    let mine = Mine::start();
    assert_eq!(
        mine.logged(),
        "yours: none; ours: 1.4, 1.5, 8.1, 8.2, 8.3, 8.4, 8.5, 9.1, \
         9.2, 9.3, 9.4, 10.1, 10.2, 10.3, 10.4, 10.5"
    );
    let (head, page) = mine.get("/mine/long", "Accept-Encoding: br");
    assert!(!head.contains("gzip"), "{head}");
    let bytes = page.len();
    let line = format!("GET \"/mine/long\": 200 OK, {bytes} bytes");
    assert_eq!(mine.logged(), line);
    let accept = "Accept-Encoding: br, gzip;q=0.5";
    let (head, body) = mine.get("/mine/long", accept);
    assert!(head.contains("\r\nContent-Encoding: gzip\r\n"), "{head}");
    let body = unchunked(&body);
    let mut text = Vec::new();
    GzDecoder::new(&*body).read_to_end(&mut text).unwrap();
    assert!(text == page);
    let bytes = body.len();
    let line = format!("GET \"/mine/long\": 200 OK, {bytes} bytes");
    assert_eq!(mine.logged(), line);
    let (_, etag) = head.split_once("\r\nETag: W/").expect(&head);
    let (etag, _) = etag.split_once("\r\n").unwrap();
    let field = format!("If-None-Match: \"a,b\", W/{etag}");
    let (head, body) = mine.get("/mine/long", &field);
    assert!(
        head.starts_with("HTTP/1.1 304 Not Modified\r\n"),
        "{head}"
    );
    assert_eq!(body, b"");
    let line = "GET \"/mine/long\": 304 Not Modified, 0 bytes";
    assert_eq!(mine.logged(), line);
    let (head, body) = mine.get("/mine/nothing", "A: b");
    assert!(head.contains(" 404 Not Found\r\n"), "{head}");
    assert!(body.ends_with(b"<h1>404 Not Found</h1>\n"));
    let line = "GET \"/mine/nothing\": 404 Not Found, 68 bytes";
    assert_eq!(mine.logged(), line);
}

#[test]
fn a_form_keeps_a_note_and_throws_it_away() {
    let mine = Mine::start();
    let send = |form| mine.ask("POST /mine/note", FORM, form).0;
    let note = || {
        let (_, page) = mine.get("/mine/note", "A: b");
        let page = String::from_utf8(page).unwrap();
        let (_, note) = page.split_once("The note: ").unwrap();
        note.split('\n').next().unwrap().to_string()
    };
    let head = send("_method=PUT&note=Have+%3Ctea%3E");
    assert!(head.starts_with("HTTP/1.1 303 See Other\r\n"), "{head}");
    assert_eq!(note(), "Have &lt;tea>");
    let head = send("note=nothing");
    assert!(head.contains("405 Method Not Allowed\r\n"), "{head}");
    assert_eq!(note(), "Have &lt;tea>");
    send("_method=DELETE");
    assert_eq!(note(), "");
}

#[test]
fn a_page_that_is_cut_is_logged_as_cut() {
    let mine = Mine::start();
    mine.logged();
    let (_, body) = mine.get("/mine/cut", "A: b");
    assert!(!body.ends_with(b"0\r\n\r\n"));
    assert_eq!(mine.logged(), "GET /mine/cut: no tea");
    let line = "GET \"/mine/cut\": 200 OK, 48 bytes, cut";
    assert_eq!(mine.logged(), line);
}

#[test]
fn the_guest_book_is_still_there() {
    let mine = Mine::start();
    let (head, body) = mine.get("/url?a=b", "A: b");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(body.starts_with(b"http://a/url?a=b\n"));
}
