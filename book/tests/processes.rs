//! What the book starts ends with it, and never keeps it from being
//! read.

#![cfg(target_os = "linux")]

mod fixture;

use fixture::{Fixture, Reader, Served, assert_has, text};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// How long something may take on a machine that has much to do.
const LONG: Duration = Duration::from_secs(60);

/// Waits until something is there.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The processes of a repository: those that have its folder in their
/// arguments or in their environment, or work in it.
fn processes(fixture: &Fixture) -> Vec<String> {
    let mark = format!("{}/", fixture.root.display());
    let has_mark = |path: &Path| {
        let read = |name| fs::read(path.join(name)).unwrap_or_default();
        let texts = [read("cmdline"), read("environ")].concat();
        let folder = fs::read_link(path.join("cwd"));
        String::from_utf8_lossy(&texts).contains(&mark)
            || folder.is_ok_and(|f| f.starts_with(&fixture.root))
    };
    let all = fs::read_dir("/proc").unwrap().flatten();
    let paths = all.map(|process| process.path());
    let marked = paths.filter(|path| has_mark(path));
    let line = |path: std::path::PathBuf| {
        let line = fs::read(path.join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        Some(format!("{} {line}", path.display()))
    };
    marked.filter_map(line).collect()
}

/// Waits until one of them is this command.
fn wait_for_command(fixture: &Fixture, command: &str) {
    wait_for(command, || {
        let all = processes(fixture);
        all.iter().find(|one| one.contains(command)).map(drop)
    });
}

fn wait_for_none(fixture: &Fixture) {
    wait_for_none_of(fixture, "");
}

fn wait_for_none_of(fixture: &Fixture, command: &str) {
    let deadline = Instant::now() + LONG;
    loop {
        let mut left = processes(fixture);
        left.retain(|one| one.contains(command));
        if left.is_empty() {
            return;
        }
        let left = left.join("\n");
        assert!(Instant::now() < deadline, "there still is:\n{left}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A program that serves, in the least of code, and starts others.
const SERVING: &str = r#"
use std::io::{Read, Write};
use std::process::{Command, exit};
use std::{thread, time::Duration};
fn main() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Serving at http://{}", socket.local_addr().unwrap());
    for stream in socket.incoming() {
        let mut stream = stream.unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        match request.split(' ').nth(1).unwrap() {
            "/children" => {
                Command::new("sleep").arg("911").spawn().unwrap();
                let mut apart = Command::new("setsid");
                apart.args(["sleep", "912"]).spawn().unwrap();
            }
            "/exit" => exit(7),
            "/flood" => {
                thread::spawn(|| loop { eprintln!("tick") });
            }
            "/hang" => thread::sleep(Duration::MAX),
            _ => {}
        }
        write!(stream, "HTTP/1.1 200 OK\r\n\r\nolder").unwrap();
    }
}
"#;

/// A CGI program that prints its answer, or something else happens.
const CGI: &str = r#"
use std::process::{Command, exit};
use std::{thread, time::Duration};
fn main() {
    let query = std::env::var("QUERY_STRING").unwrap();
    let head = "Content-Type: text/plain\n\n";
    match &*query {
        "exit" => exit(7),
        "abort" => std::process::abort(),
        "children" => {
            Command::new("sleep").arg("921").status().unwrap();
        }
        "half" => {
            println!("{head}half");
            eprintln!("said");
            thread::sleep(Duration::MAX);
        }
        "hang" => {
            eprintln!("said");
            thread::sleep(Duration::MAX);
        }
        "flood" => loop { eprintln!("tick") },
        _ => {}
    }
    println!("{head}whole");
}
"#;

/// An exercise whose check takes a while.
const CHECK: &str = r#"
mod exercises {
    #[test]
    fn one() {
        let mut sleep = std::process::Command::new("sleep");
        sleep.arg("931").status().unwrap();
    }
}
"#;

/// A build that takes a while.
const BUILD: &str = r#"
fn main() {
    let mut sleep = std::process::Command::new("sleep");
    sleep.arg("941").status().unwrap();
}
"#;

const FIGURE: &str = "# One\n\n```console\n\
     $ sleep 951 & setsid sleep 952 & sleep 953\n```\n";

fn write_programs(fixture: &Fixture) {
    let write = |path: &str, text: &str| {
        fixture.write(&format!("chapters/{path}"), text);
    };
    for chapter in ["ch02", "ch05"] {
        let package = format!(
            "[package]\nname = \"{chapter}\"\nedition = \"2024\"\n"
        );
        write(&format!("{chapter}/Cargo.toml"), &package);
    }
    write("ch01/src/main.rs", CGI);
    write("ch01/tests/exercises.rs", CHECK);
    let list = "exercises! {\n    1.1 one;\n}\n";
    write("ch01/exercises/mod.rs", list);
    write("ch01/exercises/one.rs", "// an answer\n");
    write("ch02/build.rs", BUILD);
    write("ch02/src/main.rs", "fn main() {}\n");
    write("ch05/src/main.rs", SERVING);
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A reader for whom everything is at work that takes a while.
fn busy_reader() -> (Reader, Vec<TcpStream>) {
    let fixture = Fixture::new(FIGURE);
    write_programs(&fixture);
    // There is no other who would end what it leaves.
    let served = Served::of(fixture.alone(&["--port", "0"]));
    let reader = Reader::of(fixture, served);
    let begin = |path: &str, body: &str| {
        reader.begin(&format!("/live/{path}"), body, body.len())
    };
    let wait = |command| wait_for_command(&reader.fixture, command);
    wait("sleep 953");
    let (cgi, serving) = ("program=ch01&how=cgi", "program=ch05&how=");
    assert_has(text(&reader.send(cgi, &get("/")), "answer"), "whole");
    reader.send(serving, &get("/children"));
    wait("sleep 912");
    let mut streams = vec![begin("check?exercise=1.1", "")];
    wait("sleep 931");
    streams.push(begin("send?program=ch02&how=cgi", &get("/")));
    wait("sleep 941");
    streams.push(begin(&format!("send?{serving}"), &get("/hang")));
    streams.push(begin(&format!("send?{cgi}"), &get("/?children")));
    wait("sleep 921");
    for command in ["sleep 951", "sleep 952", "sleep 911"] {
        wait(command);
    }
    (reader, streams)
}

fn nothing_is_left_after(signal: &str) {
    let (mut reader, _streams) = busy_reader();
    reader.served.signal(signal);
    reader.served.wait(Duration::from_secs(10));
    wait_for_none(&reader.fixture);
}

#[test]
fn after_sigkill_no_process_is_left() {
    nothing_is_left_after("KILL");
}

#[test]
fn after_sigterm_no_process_is_left() {
    nothing_is_left_after("TERM");
}

#[test]
fn after_sighup_no_process_is_left() {
    nothing_is_left_after("HUP");
}

#[test]
fn after_ctrl_c_no_process_is_left() {
    nothing_is_left_after("INT");
}

#[test]
fn whoever_is_killed_at_any_moment_leaves_nothing() {
    let fixture = Fixture::new(FIGURE);
    write_programs(&fixture);
    for delay in [0, 3, 10, 30, 60, 100, 200, 400] {
        let mut book = fixture.alone(&["build"]);
        let book = book.stdout(Stdio::null()).stderr(Stdio::null());
        let mut book = book.spawn().unwrap();
        thread::sleep(Duration::from_millis(delay));
        book.kill().unwrap();
        book.wait().unwrap();
        wait_for_none(&fixture);
    }
}

#[test]
fn what_the_tests_start_ends_with_their_end_of_a_pipe() {
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let mut served = Served::start(&fixture, &["--port", "0"]);
    served.let_go();
    served.wait(LONG);
    wait_for_none(&fixture);
}

#[test]
fn who_builds_a_program_anew_ends_the_old_one_and_its_children() {
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let served = Served::start(&fixture, &["--port", "0"]);
    let reader = Reader::of(fixture, served);
    let fixture = &reader.fixture;
    let send = |path| reader.send("program=ch05&how=", &get(path));
    assert_has(text(&send("/children"), "answer"), "older");
    wait_for_command(fixture, "sleep 911");
    wait_for_command(fixture, "sleep 912");
    let newer = SERVING.replace("older", "newer");
    fixture.write("chapters/ch05/src/main.rs", &newer);
    assert_has(text(&send("/"), "answer"), "newer");
    let is_there = |command: &str| {
        processes(fixture).iter().any(|one| one.contains(command))
    };
    assert!(!is_there("sleep 911") && !is_there("sleep 912"));
    assert!(is_there("ch05 --port 0"));
}

#[test]
fn how_a_program_has_ended_is_told() {
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let served = Served::start(&fixture, &["--port", "0"]);
    let reader = Reader::of(fixture, served);
    let exit = reader.send("program=ch05&how=", &get("/exit"));
    assert_eq!(text(&exit, "answer"), "");
    let told = "(The program has ended: exit status: 7.)\n";
    assert_eq!(text(&exit, "log"), told);

    let cgi = |path| reader.send("program=ch01&how=cgi", &get(path));
    let exit = cgi("/?exit");
    assert_has(text(&exit, "answer"), "HTTP/1.1 502 Bad Gateway\r\n");
    assert_has(text(&exit, "log"), "it ended with exit status: 7\n");
    let abort = cgi("/?abort");
    let told = "it ended with signal: 6 (SIGABRT)";
    assert_has(text(&abort, "log"), told);
}

#[test]
fn a_program_that_overruns_its_time_is_ended_and_its_log_shown() {
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let served = Served::start(&fixture, &["--port", "0"]);
    let reader = Reader::of(fixture, served);
    let cgi = |path| reader.send("program=ch01&how=cgi", &get(path));
    let told = "(The program was ended after 5 s.)\n";
    let hang = cgi("/?hang");
    assert_has(text(&hang, "answer"), "HTTP/1.1 504 Gateway Timeout");
    assert!(text(&hang, "log").starts_with("said\n"), "{hang}");
    assert_has(text(&hang, "log"), told);
    let half = cgi("/?half");
    assert_has(text(&half, "answer"), "HTTP/1.1 200 OK\r\n");
    assert!(!text(&half, "answer").ends_with("0\r\n\r\n"), "{half}");
    assert_has(text(&half, "log"), told);
    let flood = cgi("/?flood");
    assert_has(text(&flood, "log"), "tick\ntick\n");
    assert!(text(&flood, "log").len() < 128 * 1024);
    let serving = reader.send("program=ch05&how=", &get("/hang"));
    assert_has(text(&serving, "trouble"), "not whole after 10 s");
    wait_for_none_of(&reader.fixture, "target/debug/ch0");
}

/// How long a page may take. It takes some milliseconds where nobody
/// else is at work.
const SOON: Duration = Duration::from_secs(1);

/// The memory of the book's process, in kB.
fn memory(served: &Served) -> u64 {
    let path = format!("/proc/{}/status", served.id);
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().strip_suffix(" kB");
    number.unwrap().parse().unwrap()
}

/// How many files, pipes and connections it has.
fn files(served: &Served) -> usize {
    let path = format!("/proc/{}/fd", served.id);
    fs::read_dir(path).unwrap().count()
}

#[test]
fn a_page_waits_for_no_program_and_for_no_client() {
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let package = "[package]\nname = \"ch06\"\nedition = \"2024\"\n";
    fixture.write("chapters/ch06/Cargo.toml", package);
    fixture.write("chapters/ch06/src/main.rs", SERVING);
    let served = Served::start(&fixture, &["--port", "0"]);
    let reader = Reader::of(fixture, served);
    let served = &reader.served;
    reader.send("program=ch06&how=", &get("/"));
    let (memory, files) = (memory(served), files(served));

    // One that logs without end, and ten for one that hangs.
    let flood = reader.send("program=ch05&how=", &get("/flood"));
    assert_has(text(&flood, "answer"), "older");
    assert!(text(&flood, "log").len() < 128 * 1024);
    let half_sent: Vec<TcpStream> = (0..60)
        .map(|number| match number % 2 {
            0 => reader.begin("/ch01.html", "abc", 1000),
            _ => reader.begin(
                "/live/send?program=ch06&how=",
                "abc",
                1000,
            ),
        })
        .collect();
    thread::scope(|scope| {
        let hang = || {
            let start = Instant::now();
            let sent = reader.send("program=ch06&how=", &get("/hang"));
            (text(&sent, "trouble").to_string(), start.elapsed())
        };
        let clients: Vec<_> =
            (0..10).map(|_| scope.spawn(hang)).collect();
        let mut pages = 0;
        while clients.iter().any(|client| !client.is_finished()) {
            let start = Instant::now();
            assert_has(&served.get("/ch01.html"), " 200 OK\r\n");
            let took = start.elapsed();
            assert!(took < SOON, "a page has taken {took:?}");
            pages += 1;
            thread::sleep(Duration::from_millis(20));
        }
        assert!(pages > 10, "{pages} pages");
        let sent = clients.into_iter().map(|c| c.join().unwrap());
        let (late, busy): (Vec<_>, Vec<_>) =
            sent.partition(|(text, _)| text.contains("not whole"));
        assert_eq!((late.len(), busy.len()), (1, 9));
        for (text, took) in busy {
            assert_has(&text, "The program is busy");
            assert!(took < Duration::from_secs(8), "{took:?}");
        }
    });
    // The flood goes on.
    let again = reader.send("program=ch05&how=", &get("/"));
    assert_has(text(&again, "answer"), "older");
    let now = self::memory(served);
    assert!(now < memory + 64 * 1024, "{memory} kB, then {now}");

    drop(half_sent);
    wait_for_none_of(&reader.fixture, "ch06 --port 0");
    // There is the flood, with a pipe, and perhaps a connection.
    wait_for("connections are closed", || {
        (self::files(served) <= files + 4).then_some(())
    });
}

#[test]
fn a_program_is_run_from_where_cargo_has_put_it() {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|l| l.strip_prefix("host: "));
    let host = host.unwrap();
    let fixture = Fixture::new("# One\n");
    write_programs(&fixture);
    let served = Served::start(&fixture, &["--port", "0"]);
    let reader = Reader::of(fixture, served);
    let send = || reader.send("program=ch01&how=cgi", &get("/"));
    assert_has(text(&send(), "answer"), "whole");
    let config = format!("[build]\ntarget = \"{host}\"\n");
    reader.fixture.write(".cargo/config.toml", &config);
    let changed = CGI.replace("whole", "changed");
    reader.fixture.write("chapters/ch01/src/main.rs", &changed);
    assert_has(text(&send(), "answer"), "changed");
    let page = reader.served.get_program("/cgi-bin/ch01");
    assert_has(&page, "changed");
}
