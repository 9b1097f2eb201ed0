//! A request that is sent several times at once.

#![cfg(unix)]

mod fixture;

use fixture::{MAIN, Reader, assert_has, text};
use serde_json::Value;

const REQUEST: &str = "GET /cgi-bin/ch01 HTTP/1.1\r\n\
                       Host: localhost\r\n\r\n";

/// Answers one client after the other, a while after each request,
/// with what came before.
const ONE_WORKER: &str = r#"
use std::io::{Read, Write};
fn main() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Serving at http://{}", socket.local_addr().unwrap());
    for (number, stream) in socket.incoming().enumerate() {
        let mut stream = stream.unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        eprintln!("served {:?}", std::env::args().collect::<Vec<_>>());
        let number = number.min(1);
        write!(stream, "HTTP/1.1 200 OK\r\n\r\n{number}").unwrap();
    }
}
"#;

fn several(reader: &Reader, query: &str, request: &str) -> Value {
    reader.post(&format!("several?{query}"), request)
}

/// One of the times of each.
fn times(sent: &Value, name: &str) -> Vec<f64> {
    let requests = sent["requests"].as_array();
    let requests = requests.unwrap_or_else(|| panic!("{sent}"));
    let time = |one: &Value| one[name].as_f64();
    let times: Option<_> = requests.iter().map(time).collect();
    times.unwrap_or_else(|| panic!("{name}: {sent}"))
}

#[test]
fn programs_that_are_run_for_each_run_side_by_side() {
    let reader = Reader::new();
    let slow = MAIN.replace(
        "fn main() {",
        "fn main() { std::thread::sleep(\
         std::time::Duration::from_secs(2));",
    );
    reader.fixture.write("chapters/ch01/src/main.rs", &slow);
    let query = "program=ch01&how=cgi&count=3&delay=0";
    let sent = several(&reader, query, REQUEST);
    let began = times(&sent, "began");
    for (began, ended) in began.iter().zip(times(&sent, "ended")) {
        // All are called before the first ends.
        assert!(*began < 2000.0 && ended >= began + 2000.0, "{sent}");
    }
    assert_eq!(sent["isCalled"], true);
    assert_eq!(sent["answers"].as_array().unwrap().len(), 1);
    let answer = &sent["answers"][0];
    assert_eq!(answer["count"], 3);
    assert_has(text(answer, "answer"), "Hello from");
    assert_eq!(sent["requests"][2]["status"], "HTTP/1.1 200 OK");
}

#[test]
fn a_server_with_one_worker_answers_one_after_the_other() {
    let reader = Reader::new();
    let package = "[package]\nname = \"ch05\"\nedition = \"2024\"\n";
    reader.fixture.write("chapters/ch05/Cargo.toml", package);
    reader.fixture.write("chapters/ch05/src/main.rs", ONE_WORKER);
    let query = "program=ch05&how=&count=3&delay=20";
    let sent = several(&reader, query, "GET / HTTP/1.1\r\n\r\n");
    let mut began = times(&sent, "began");
    began.sort_by(f64::total_cmp);
    for two in began.windows(2) {
        assert!(two[1] > two[0] + 90.0, "{sent}");
    }
    let at = times(&sent, "sent");
    assert_eq!(at[0], 0.0);
    assert!(at[1] > 15.0 && at[2] > 30.0, "{sent}");
    // The first is told from the others; the program is as many threads
    // as it likes.
    assert_eq!(sent["isCalled"], false);
    let counts: Vec<_> = sent["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["count"].as_u64().unwrap())
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 3);
    assert_eq!(counts.len(), 2, "{sent}");
    let log = text(&sent, "log");
    assert_eq!(log.matches("served").count(), 3, "{log}");
    assert!(!log.contains("--threads"), "{log}");
}

#[test]
fn what_is_too_much_or_does_not_compile_is_not_sent() {
    let reader = Reader::new();
    for wrong in ["count=17&delay=0", "count=4&delay=1001", "count=1"] {
        let query = format!("program=ch01&how=cgi&{wrong}");
        let refused = several(&reader, &query, REQUEST);
        assert_has(text(&refused, "trouble"), " is from ");
    }
    let query = "count=2&delay=0&how=cgi&program=../x";
    let refused = several(&reader, query, REQUEST);
    assert_has(text(&refused, "trouble"), "is not a program");
    let main = "chapters/ch01/src/main.rs";
    reader.fixture.write(main, "fn main() { x }");
    let query = "program=ch01&how=cgi&count=2&delay=0";
    let sent = several(&reader, query, REQUEST);
    assert_has(text(&sent, "broken"), "cannot find value `x`");
}
