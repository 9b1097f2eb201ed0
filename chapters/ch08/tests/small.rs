//! The page and the page with its rules: what they answer to clients
//! that mean well, and how they fare with others.

mod cases;
#[path = "../../program.rs"]
mod program;

use program::{Program, bound, read_answer};
use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PAGE: &str = env!("CARGO_BIN_EXE_small8");
const STRICT: &str = env!("CARGO_BIN_EXE_strict8");

impl Program {
    fn start(program: &str) -> Self {
        Self::serving(bound(program).stderr(Stdio::null()), "http")
    }

    /// What comes back when the client has said that this is all.
    fn ask(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // It may be refused before it is all there.
        let _ = stream.write_all(request);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an end");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// The names of those that a program does not answer rightly.
fn wrong(program: &str) -> Vec<&'static str> {
    let program = Program::start(program);
    cases::wrong(|request| program.ask(request))
}

#[test]
fn the_page_answers_all_but_two() {
    let left = ["a body in chunks", "permission to go on"];
    assert_eq!(wrong(PAGE), left);
}

#[test]
fn with_its_rules_it_answers_all() {
    assert_eq!(wrong(STRICT), [""; 0]);
}

const GET: &str = "GET /values?PATH HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn half_a_head_is_no_request() {
    for program in [PAGE, STRICT] {
        let program = Program::start(program);
        for length in 0..GET.len() {
            let answer = program.ask(&GET.as_bytes()[..length]);
            assert_eq!(answer, "", "{length} bytes");
        }
    }
}

#[test]
fn a_body_is_run_as_a_request_by_the_page_alone() {
    let request = format!(
        "POST /upload HTTP/1.1\r\nHost: a\r\n\
         Content-Length: 41, 41\r\n\r\n{GET}"
    );
    for (program, count) in [(PAGE, 2), (STRICT, 1)] {
        let answer = Program::start(program).ask(request.as_bytes());
        assert_eq!(answer.matches("HTTP/1.1 ").count(), count);
    }
}

#[test]
fn half_a_body_passes_for_a_whole_one_with_the_page_alone() {
    let request = b"POST /upload HTTP/1.1\r\nHost: a\r\n\
        Content-Length: 5000\r\n\r\nHello";
    let answer = Program::start(PAGE).ask(request);
    assert!(answer.ends_with("\r\n\r\n5 bytes\n"), "{answer}");
    let answer = Program::start(STRICT).ask(request);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

/// How many MiB of memory a program has.
#[cfg(unix)]
fn memory(program: &Program) -> usize {
    let id = program.child.id().to_string();
    let command = Command::new("ps").args(["-o", "rss=", &id]).output();
    let output = String::from_utf8(command.unwrap().stdout).unwrap();
    output.trim().parse::<usize>().expect("KiB") >> 10
}

/// What a head of 64 MiB takes, in tens of MiB.
#[cfg(unix)]
fn taken(program: &str) -> usize {
    let program = Program::start(program);
    program.ask(b"");
    let before = memory(&program);
    let mut stream = program.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").unwrap();
    let mib = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while sent < 64 && stream.write_all(&mib).is_ok() {
        sent += 1;
    }
    // The last of it may be under way.
    let start = Instant::now();
    let mut grown = 0;
    while grown < 50 && start.elapsed() < Duration::from_secs(2) {
        grown = memory(&program).saturating_sub(before);
    }
    grown.min(50) / 10 * 10
}

#[test]
#[cfg(unix)]
fn a_head_without_an_end_takes_no_memory() {
    let (page, strict) = (taken(PAGE), taken(STRICT));
    println!("the page: {page} MiB or more");
    println!("with its rules: {strict} MiB or more");
    assert!(page >= 50 && strict == 0);
}

/// The median time of an answer in several blocks, from the second on,
/// in forties of milliseconds.
fn pace(program: &str) -> u128 {
    let program = Program::start(program);
    let mut stream = BufReader::new(program.connect());
    let mut times: Vec<Duration> = (0..16)
        .map(|_| {
            let start = Instant::now();
            let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            stream.get_mut().write_all(get).unwrap();
            read_answer(&mut stream);
            start.elapsed()
        })
        .skip(1)
        .collect();
    times.sort_unstable();
    times[times.len() / 2].as_millis() / 40 * 40
}

#[test]
fn a_second_answer_is_as_quick_as_the_first() {
    let (page, strict) = (pace(PAGE), pace(STRICT));
    println!("the page: {page} to {} ms", page + 40);
    println!("with its rules: {strict} to {} ms", strict + 40);
    assert!(strict < page, "{strict}");
}

/// The score of a server: how many are right, and of how many.
fn score(name: &str) -> (usize, usize) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
    let output = command.arg(name).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().next().expect("a line");
    let (right, all) = line.split_once(" of ").expect(&text);
    (right.parse().unwrap(), all.parse().unwrap())
}

#[test]
fn each_rule_adds_to_the_score_and_the_library_has_all() {
    let rules = ["0", "1", "2", "3", "4", "5", "6"];
    let scores = rules.map(|rules| score(rules).0);
    assert!(scores.is_sorted_by(|a, b| a < b), "{scores:?}");
    // As the chapter says of the first.
    let gains = scores.windows(2).map(|two| two[1] - two[0]);
    assert_eq!(gains.max(), Some(scores[1] - scores[0]));
    let (right, all) = score("library");
    assert_eq!(right, all);
    assert_eq!(score("7").0, scores[6]);
}
