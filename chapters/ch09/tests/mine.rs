//! `mine9`, with our pieces: the server, and its score.

#[path = "../../program.rs"]
mod program;

use program::{LIMIT, Program, bound};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

const MINE: &str = env!("CARGO_BIN_EXE_mine9");

fn get(program: &Program) -> String {
    let mut stream = program.connect();
    let get = "GET /url HTTP/1.1\r\nHost: a\r\n\
               Connection: close\r\n\r\n";
    stream.write_all(get.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn it_serves_until_ctrl_c_and_half_requests_keep_nobody() {
    let mut command = bound(MINE);
    command.arg("--ours").stderr(Stdio::null());
    let mut program = Program::serving(&mut command, "http");
    // More than there is room for, the first of which have to go.
    let silent: Vec<_> = (0..600).map(|_| program.connect()).collect();
    let mut half = program.connect();
    half.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let page = get(&program);
    assert!(page.contains("\r\n\r\nhttp://a/url\n"), "{page}");
    let left = silent.iter().filter(|stream| {
        stream.set_nonblocking(true).unwrap();
        stream.peek(&mut [0]).is_err()
    });
    assert!(left.count() < 500);
    let id = program.child.id().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status();
    assert!(kill.unwrap().success());
    let start = std::time::Instant::now();
    while program.child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < LIMIT, "it serves on");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn score(arguments: &[&str]) -> String {
    let mut command = bound(MINE);
    let output = command.arg("score").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_score_of_our_pieces_is_as_the_chapter_says() {
    let all = score(&["--ours", "--all"]);
    let wrong = all.lines().filter(|line| !line.starts_with("right\t"));
    let wrong: Vec<&str> = wrong.collect();
    let shared =
        wrong.iter().filter(|line| line.contains("\tshared\t"));
    let names = shared.map(|line| line.split('\t').nth(2).unwrap());
    let names: Vec<&str> = names.collect();
    let expected = ["Latin-1", "a field twice", "header/X-Name/caf%E9"];
    assert_eq!(names, expected);
    assert!(wrong.iter().all(|line| line.starts_with("beyond\t")));
    // Nothing that was only a body is run as a request.
    assert!(!wrong.iter().any(|line| line.contains("418")));
    let hostile = wrong.len() - expected.len();
    let count = all.lines().count() - 60;
    println!("{} of {count} hostile ones", count - hostile);
    assert!((count - hostile) * 100 / count >= 60, "{wrong:#?}");
}
