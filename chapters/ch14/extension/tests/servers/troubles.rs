//! What takes long, what is large, and what goes wrong.

use crate::http::{Answer, send};
use crate::process::{LIMIT, until};
use crate::site::Kind::*;
use crate::site::{Kind, Site, get};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

fn sites() -> impl Iterator<Item = (Kind, Site)> {
    Site::all("suite:application")
}

/// Sends a request, and keeps the connection.
fn ask(site: &Site, target: &str) -> TcpStream {
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(get(target).as_bytes()).unwrap();
    stream
}

/// Reads until this text has come.
fn read_to(stream: &mut TcpStream, text: &str) -> String {
    let (mut read, mut byte) = (String::new(), [0]);
    while !read.ends_with(text) {
        let came = stream.read(&mut byte);
        assert!(matches!(came, Ok(1)), "{came:?} after {read:?}");
        read.push(byte[0].into());
    }
    read
}

fn post(target: &str, field: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\n\
         Connection: close\r\n{field}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn each_block_arrives_before_the_next_is_made() {
    for (_, site) in sites() {
        let file = site.file("arrived");
        let mut stream = ask(&site, &format!("/steps?{file}"));
        read_to(&mut stream, "step 1\n");
        fs::write(file, "").unwrap();
        read_to(&mut stream, "step 2\n");
    }
}

#[test]
fn three_megabytes_go_in_and_come_out() {
    let body: Vec<u8> =
        (0..3_000_000).map(|n| (n % 251) as u8).collect();
    let field = "Content-Length: 3000000";
    for (kind, site) in sites() {
        let answer = site.ask(&post("/length", field, &body));
        assert_eq!(answer.text(), "3000000\n", "{kind:?}");
        let answer = site.ask(&post("/echo", field, &body));
        assert!(answer.body == body, "{kind:?}: {}", answer.end);
    }
}

#[test]
fn others_are_answered_while_one_waits() {
    for kind in [GunicornThreads, Waitress, ModWsgi, ModWsgiInside] {
        let Some(site) = Site::start(kind, "suite:application") else {
            continue;
        };
        let file = site.file("file");
        let mut waits = ask(&site, &format!("/waits?{file}"));
        assert_eq!(
            site.get("/hello").text(),
            "Hello World!",
            "{kind:?}"
        );
        fs::write(file, "").unwrap();
        read_to(&mut waits, "there it is");
    }
}

#[test]
fn when_a_client_leaves_the_body_is_dropped_once() {
    for (kind, site) in sites() {
        let file = site.file("dropped");
        let mut stream = ask(&site, &format!("/endless?{file}"));
        read_to(&mut stream, "xxx");
        drop(stream);
        let dropped = || fs::read_to_string(&file).ok();
        let dropped =
            until(|| dropped().filter(|text| !text.is_empty()));
        assert!(dropped.is_some(), "{kind:?}: {}", site.log());
        assert_eq!(
            site.get("/hello").text(),
            "Hello World!",
            "{kind:?}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), "dropped\n");
    }
}

#[test]
fn a_panic_is_an_error_and_the_server_goes_on() {
    for (kind, site) in sites() {
        let answer = site.get("/panic");
        assert!(answer.status.starts_with("500 "), "{kind:?}");
        assert_eq!(answer.text(), "500 Internal Server Error\n");
        assert_eq!(
            site.get("/hello").text(),
            "Hello World!",
            "{kind:?}"
        );
        let log = site.log();
        let line = "GET /panic: the application panicked: as intended";
        assert!(log.contains(line), "{kind:?}: {log}");
    }
}

#[test]
fn a_client_can_tell_that_an_answer_is_cut() {
    for (kind, site) in sites() {
        let short = site.get("/short").end;
        let wrong = "Content-Length: 20, after 12 bytes";
        assert_eq!(short, wrong, "{kind:?}");
        let end = site.get("/error-after-a-block").end;
        let right = match kind {
            // HTTP/1.0 has nothing else to tell an end by.
            Wsgiref => "by closing",
            // Its process tells Apache no more than that it has ended.
            ModWsgi => "by chunks",
            _ => "by chunks, without the last",
        };
        assert_eq!(end, right, "{kind:?}");
        let log = site.log();
        let error = "OSError: the answer is cut short";
        assert!(log.contains(error), "{kind:?}: {log}");
    }
}

#[test]
fn what_is_written_to_the_log_is_there() {
    for (kind, site) in sites() {
        assert_eq!(site.get("/lines").text(), "logged", "{kind:?}");
        let log = site.log();
        for line in ["one\n", "two", "three\n"] {
            assert!(log.contains(line), "{kind:?}: {log}");
        }
    }
}

#[test]
fn a_body_in_chunks_is_read_by_whoever_has_decoded_it() {
    let chunks = b"3\r\none\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    let field = "Transfer-Encoding: chunked";
    let request = post("/read-all", field, chunks);
    for (kind, site) in sites() {
        let answer = site.ask(&request);
        let is_right = match kind {
            Wsgiref => answer.body.is_empty(), // it has decoded nothing
            ModWsgi | ModWsgiInside => {
                answer.status == "411 Length Required" // its default
            }
            _ => answer.text() == "onetwo\n",
        };
        assert!(is_right, "{kind:?}: {answer:?}");
    }
}

#[test]
fn half_a_body_does_not_pass_for_a_whole_one() {
    let request = post("/read-all", "Content-Length: 10", b"half");
    for (kind, site) in sites() {
        let bytes = send(site.address, &request);
        let status = Answer::parse(&request, &bytes).status;
        let right = match kind {
            Waitress => "no answer", // it has not called us
            ModWsgi | ModWsgiInside => "500 Internal Server Error",
            _ => "400 Bad Request",
        };
        assert_eq!(status, right, "{kind:?}: {}", site.log());
    }
}
