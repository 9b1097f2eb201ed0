//! What a served page can ask for, and who can not.

#![cfg(unix)]

mod fixture;

use fixture::{MAIN, Reader, assert_has, text};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const REQUEST: &str = "GET /cgi-bin/ch01 HTTP/1.1\r\n\
                       Host: localhost\r\n\r\n";

/// A program that serves, in the least of code: it answers each
/// request with its number.
const SERVING: &str = r#"
use std::io::{Read, Write};
fn main() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Serving at http://{}", socket.local_addr().unwrap());
    for (number, stream) in socket.incoming().enumerate() {
        let mut stream = stream.unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        if request.starts_with("STOP") {
            // The listener closes no later than the connection.
            std::process::exit(0);
        }
        eprintln!("served");
        write!(stream, "HTTP/1.1 200 OK\r\n\r\nnumber {number}").unwrap();
    }
}
"#;

#[test]
fn a_request_is_sent_to_the_program_as_it_is_on_the_disk() {
    let reader = Reader::new();
    let sent = reader.send("program=ch01&how=cgi", REQUEST);
    assert_has(text(&sent, "answer"), "HTTP/1.1 200 OK\r\n");
    assert_has(text(&sent, "answer"), "Hello from");
    let environ = sent["environ"].as_array().unwrap();
    let is_method =
        |pair: &&Value| pair[0] == "REQUEST_METHOD" && pair[1] == "GET";
    assert_eq!(environ.iter().filter(is_method).count(), 1);

    let changed = MAIN.replace("Hello", "Goodbye");
    reader.fixture.write("chapters/ch01/src/main.rs", &changed);
    let sent = reader.send("program=ch01&how=cgi", REQUEST);
    assert_has(text(&sent, "answer"), "Goodbye from");

    reader
        .fixture
        .write("chapters/ch01/src/main.rs", "fn main() { x }");
    let sent = reader.send("program=ch01&how=cgi", REQUEST);
    assert_has(text(&sent, "broken"), "cannot find value `x`");
    reader.fixture.write("chapters/ch01/src/main.rs", MAIN);
    let sent = reader.send("program=ch01&how=cgi", REQUEST);
    assert_has(text(&sent, "answer"), "Hello from");
}

#[test]
fn a_malformed_request_is_sent_as_it_is() {
    let reader = Reader::new();
    let sent = reader.send("program=ch01&how=cgi", "GET\r\n\r\n");
    assert_has(text(&sent, "answer"), "HTTP/1.1 400 Bad Request\r\n");
    assert!(sent["environ"].is_null(), "{sent}");
}

/// More than a pipe holds, so that the server reads it in parts.
const LONG: &str = r#"fn main() {
    print!("Status: 203 Much\nContent-Type: text/plain\n\n");
    print!("{}", "0123456789abcdef".repeat(8192));
}
"#;

fn sum(parts: &[Value]) -> u64 {
    parts.iter().filter_map(|part| part["length"].as_u64()).sum()
}

#[test]
fn the_steps_of_an_exchange_come_with_it() {
    let reader = Reader::new();
    reader.fixture.write("chapters/ch01/src/main.rs", LONG);
    let sent = reader.send("program=ch01&how=cgi", REQUEST);
    assert_eq!(text(&sent["call"], "status"), "203 Much");
    let headers = serde_json::json!([["Content-Type", "text/plain"]]);
    assert_eq!(sent["call"]["headers"], headers);
    let steps = &sent["steps"];
    assert_eq!(steps["calls"], 1);
    let blocks = steps["blocks"].as_array().unwrap();
    assert!(blocks.len() > 1, "{steps}");
    assert!(sum(blocks) <= 1 << 17, "{steps}");
    assert_eq!(&text(&blocks[0], "text")[..5], "01234");
    let reads = steps["reads"].as_array().unwrap();
    let parts = blocks.iter().chain(reads).map(|part| &part["at"]);
    let (began, ended) = (&steps["called"], &sent["took"]);
    for at in [&sent["call"]["at"]].into_iter().chain(parts) {
        assert!(at.as_f64() >= began.as_f64(), "{at}: {steps}");
        assert!(at.as_f64() <= ended.as_f64(), "{at}: {steps}");
    }

    // Nobody was called for this one.
    let sent = reader.send("program=ch01&how=cgi", "GET\r\n\r\n");
    assert!(sent["call"].is_null(), "{sent}");
    assert!(sent["steps"]["called"].is_null(), "{sent}");
    let reads = sent["steps"]["reads"].as_array().unwrap();
    assert_eq!(sum(reads), text(&sent, "answer").len() as u64);

    // What happens within a program that serves is not seen.
    serving(&reader, SERVING);
    let sent = reader.send("program=ch05&how=", REQUEST);
    assert!(sent["call"].is_null(), "{sent}");
    assert_eq!(sent["steps"]["calls"], 0);
    let reads = sent["steps"]["reads"].as_array().unwrap();
    assert_eq!(sum(reads), text(&sent, "answer").len() as u64);
}

/// A program of chapter 5, which serves.
fn serving(reader: &Reader, main: &str) {
    let package = "[package]\nname = \"ch05\"\nedition = \"2024\"\n";
    reader.fixture.write("chapters/ch05/Cargo.toml", package);
    reader.fixture.write("chapters/ch05/src/main.rs", main);
}

#[test]
fn a_program_that_serves_stays_until_it_changes_or_dies() {
    let reader = Reader::new();
    serving(&reader, SERVING);
    let ask =
        || reader.send("program=ch05&how=", "GET / HTTP/1.1\r\n\r\n");
    let first = ask();
    assert_has(text(&first, "answer"), "number 0");
    assert_eq!(text(&first, "log"), "served\n");
    assert_has(text(&ask(), "answer"), "number 1");
    let stopped = reader.send("program=ch05&how=", "STOP");
    assert_eq!(text(&stopped, "answer"), "");
    assert_has(text(&ask(), "answer"), "number 0");
    serving(&reader, &SERVING.replace("number {", "no. {"));
    assert_has(text(&ask(), "answer"), "no. 0");
}

#[test]
fn programs_end_with_the_book() {
    let mut reader = Reader::new();
    let process =
        "let number = number * 0 + std::process::id() as usize;";
    let answers =
        SERVING.replace("write!", &format!("{process}\n write!"));
    serving(&reader, &answers);
    let sent =
        reader.send("program=ch05&how=", "GET / HTTP/1.1\r\n\r\n");
    let answer = text(&sent, "answer");
    let (_, id) = answer.split_once("number ").unwrap();
    let is_running = || {
        let mut kill = Command::new("kill");
        kill.args(["-0", id]).stderr(Stdio::null());
        kill.status().unwrap().success()
    };
    assert!(is_running(), "{answer}");
    reader.served.interrupt();
    let deadline = Instant::now() + Duration::from_secs(20);
    while is_running() {
        assert!(Instant::now() < deadline, "process {id} is left over");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn only_chapters_are_run() {
    let reader = Reader::new();
    for program in [
        "",
        "rm",
        "ch1",
        "ch99",
        "../ch01",
        "ch01/../x",
        "ch01/-x",
        "%2Fbin%2Fsh",
        "ch01%20x",
        "book",
    ] {
        let query = format!("program={program}&how=cgi");
        let refused = reader.send(&query, REQUEST);
        assert!(refused["trouble"].is_string(), "{program}: {refused}");
    }
    let refused = reader.send("program=ch01&how=sh", REQUEST);
    assert!(refused["trouble"].is_string(), "{refused}");
    let refused = reader.post("check?exercise=1.1;ls", "");
    assert!(refused["trouble"].is_string(), "{refused}");
}

#[test]
fn only_our_own_pages_may_ask() {
    let reader = Reader::new();
    let (host, token) = (reader.host(), reader.token.clone());
    let send = "POST /live/send?program=ch01&how=cgi";
    let own = format!("Host: {host}\r\nX-Live-Token: {token}");
    let with = |field: &str| format!("{own}\r\n{field}");
    let is_refused = |line: &str, fields: &str| {
        let answer = reader.raw(line, fields, REQUEST);
        assert_has(&answer, "HTTP/1.1 403 Forbidden\r\n");
    };
    // Without the token, or with another.
    is_refused(send, &format!("Host: {host}"));
    is_refused(
        send,
        &format!("Host: {host}\r\nX-Live-Token: {token}0"),
    );
    is_refused(
        "GET /live/state?page=ch01.html",
        &format!("Host: {host}"),
    );
    // From another site's page, even if it had the token.
    is_refused(send, &with("Origin: http://evil.example"));
    is_refused(send, &with("Origin: null"));
    is_refused(send, &with("Sec-Fetch-Site: cross-site"));
    // Under another name that leads here.
    let rebound = own.replace(&host, "evil.example");
    is_refused(send, &rebound);
    // A program is not run for another site's form either.
    let form = format!("Host: {host}\r\nOrigin: http://evil.example");
    is_refused("POST /cgi-bin/ch01", &form);
    let image = format!("Host: {host}\r\nSec-Fetch-Site: cross-site");
    is_refused("GET /cgi-bin/ch01", &image);
    // Ours is answered.
    let fields = with(&format!("Origin: http://{host}"));
    let answer = reader.raw(send, &fields, REQUEST);
    assert_has(&answer, "HTTP/1.1 200 OK\r\n");
    // No other site may read the page that has the token.
    let page = reader.served.get("/ch01.html").to_lowercase();
    assert!(!page.contains("access-control-"), "{page}");
}

#[test]
fn requests_answers_and_times_have_limits() {
    let reader = Reader::new();
    let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(65_536));
    let refused = reader.send("program=ch01&how=cgi", &long);
    assert_eq!(text(&refused, "trouble"), "the request is too long");

    let endless = SERVING.replace(
        "write!(stream,",
        "while stream.write_all(&[b'x'; 9999]).is_ok() {}\n write!(stream,",
    );
    serving(
        &reader,
        &endless.replace(").unwrap();\n    }", ").ok();\n    }"),
    );
    let sent =
        reader.send("program=ch05&how=", "GET / HTTP/1.1\r\n\r\n");
    assert_eq!(text(&sent, "answer").len(), 1 << 20);

    let silent = SERVING.replace(
        "write!(stream,",
        "std::thread::sleep(std::time::Duration::MAX);\n write!(stream,",
    );
    serving(&reader, &silent);
    let start = Instant::now();
    let sent =
        reader.send("program=ch05&how=", "GET / HTTP/1.1\r\n\r\n");
    assert_has(text(&sent, "trouble"), "not whole after 10 s");
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn who_sends_during_a_build_waits_for_it() {
    let reader = Reader::new();
    // A build that takes its time.
    let package = "[package]\nname = \"ch01\"\nedition = \"2024\"\n\
                   build = \"build.rs\"\n";
    reader.fixture.write("chapters/ch01/Cargo.toml", package);
    let slow = "fn main() { while !std::path::Path::new(\"go\").exists() {\
                std::fs::write(\"begun\", \"\").unwrap();\
                std::thread::sleep(std::time::Duration::from_millis(20)) }}";
    reader.fixture.write("chapters/ch01/build.rs", slow);
    let folder = reader.fixture.root.join("chapters/ch01");
    thread::scope(|scope| {
        let send = || reader.send("program=ch01&how=cgi", REQUEST);
        let clients: Vec<_> =
            (0..6).map(|_| scope.spawn(send)).collect();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !folder.join("begun").exists() {
            assert!(Instant::now() < deadline, "nothing is built");
            thread::sleep(Duration::from_millis(20));
        }
        // The book can be read meanwhile.
        assert_has(&reader.served.get("/ch01.html"), " 200 OK\r\n");
        reader.fixture.write("chapters/ch01/go", "");
        for client in clients {
            let sent = client.join().unwrap();
            assert_has(text(&sent, "answer"), "Hello from");
        }
    });
}

#[test]
fn a_saved_text_is_seen_without_a_build_of_all() {
    let reader = Reader::new();
    let print = || {
        let (host, token) = (reader.host(), &reader.token);
        let fields = format!("Host: {host}\r\nX-Live-Token: {token}");
        let line = "GET /live/state?page=ch01.html";
        let answer = reader.raw(line, &fields, "");
        let (_, json) = answer.split_once("\r\n\r\n").unwrap();
        let state: Value = serde_json::from_str(json).unwrap();
        text(&state, "page").to_string()
    };
    let before = print();
    assert_eq!(print(), before);
    // A page knows its own.
    let own = format!("data-page=\"{before}\"");
    assert_has(&reader.served.get("/ch01.html"), &own);
    reader.fixture.write("book/text/ch01.md", "# One\n\nMore.\n");
    assert_ne!(print(), before);
    assert_has(&reader.served.get("/ch01.html"), "<p>More.</p>");
    // A name that leads out of the book's folder has no print.
    let line = "GET /live/state?page=../../../Cargo.toml";
    let token = &reader.token;
    let fields =
        format!("Host: {}\r\nX-Live-Token: {token}", reader.host());
    let answer = reader.raw(line, &fields, "");
    assert_has(&answer, "\"page\":\"\"");
}
