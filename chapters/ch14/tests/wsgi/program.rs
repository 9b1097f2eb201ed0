//! The program over HTTP: how it starts, serves and stops.

use crate::http::Answer;
use crate::process::until;
use crate::site::{Site, ask, command, folder, request};
use std::io::{Read, Write};
use std::thread;

const CODE: &str = include_str!("../python/served.py");

#[test]
fn an_application_is_served() {
    let site = Site::start(&["--threads", "2"]);
    let answer = site.get("/hello");
    assert_eq!(answer.status, "200 OK");
    let text = format!("Hello from {}", site.id());
    assert_eq!(answer.text(), text);
    assert_eq!(site.get("/flags").text(), "multithread");
    assert_eq!(site.get("/none").status, "404 Not Found");
}

#[test]
fn a_body_in_chunks_is_read_to_its_end() {
    let site = Site::start(&[]);
    let body = "x".repeat(100_000);
    let request = format!(
        "POST /size HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n186a0\r\n{body}\r\n0\r\n\r\n"
    );
    let bytes = crate::http::send(site.address(1), request.as_bytes());
    let answer = Answer::parse(request.as_bytes(), &bytes);
    assert_eq!(answer.text(), "100000");
}

/// How a name may be written, each of which is served.
#[test]
fn an_application_has_many_names() {
    for name in [
        "served:application",
        "served:Site.app",
        "served:create_app()",
        "served:Site.app.__call__",
    ] {
        let site = Site::of(folder("served", CODE), name, &[]);
        assert_eq!(site.get("/none").text(), "no such page", "{name}");
    }
    let folder = folder("served", CODE);
    let mut command = command(&folder, &["--port", "0"]);
    command.env("WSGI_APPLICATION", "served");
    let site = Site::with(command, folder);
    assert_eq!(site.get("/none").text(), "no such page");
}

#[test]
fn what_cannot_be_served_is_told_at_the_start() {
    for (name, why) in [
        ("nowhere", "No module named 'nowhere'"),
        ("served.nowhere", "No module named 'served.nowhere'"),
        ("served:nothing", "has no attribute 'nothing'"),
        ("served:Site.nothing", "has no attribute 'nothing'"),
        ("served:", "has no attribute ''"),
        ("served:not_callable", "not_callable cannot be called: text"),
        ("served:create_nothing()", "cannot be called: None"),
        (
            "served:create_failure()",
            "RuntimeError: no application today",
        ),
        ("served:not_callable()", "'str' object is not callable"),
        ("broken", "SyntaxError: "),
        ("exits", "SystemExit: 7"),
        ("raises", "ZeroDivisionError: division by zero"),
    ] {
        let folder = folder("served", CODE);
        for (module, code) in [
            ("broken.py", "def application(:"),
            ("exits.py", "raise SystemExit(7)"),
            ("raises.py", "print('before')\n1 / 0"),
        ] {
            std::fs::write(folder.path(module), code).unwrap();
        }
        let arguments = [name, "--port", "0"];
        let output = command(&folder, &arguments).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {log}");
        assert!(log.starts_with(&format!("{name}: ")), "{log}");
        assert!(log.contains(why), "{name}: {log}");
        let is_missing = why.starts_with("No module");
        let has_hint = log.contains("has to be of the same version");
        assert_eq!(has_hint, is_missing, "{name}: {log}");
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(!out.contains("Serving at"), "{name}: {out}");
    }
}

/// It is what its author looks for the fault with.
#[test]
fn what_a_module_prints_before_it_fails_is_not_lost() {
    let code = "import atexit\natexit.register(print, 'at exit')\n\
                print('before')\n1 / 0";
    let folder = folder("raises", code);
    let output = command(&folder, &["raises"]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "before\nat exit\n"
    );
}

#[test]
fn without_a_name_it_says_what_to_do() {
    let folder = folder("served", CODE);
    let mut command = command(&folder, &["--port", "0"]);
    let output =
        command.env_remove("WSGI_APPLICATION").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("such as hello:application"), "{log}");
}

#[test]
fn what_it_does_not_know_is_not_taken_for_something_else() {
    for (arguments, what) in [
        (["--bogus", "served"], "--bogus"),
        (["served", "-x"], "-x"),
        (["served", "served:create_app()"], "served:create_app()"),
    ] {
        let folder = folder("served", CODE);
        let output = command(&folder, &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.starts_with("cannot start: "), "{log}");
        assert!(log.contains(what), "{log}");
    }
}

#[test]
fn help_lists_all_options() {
    let folder = folder("served", CODE);
    let output = command(&folder, &["--help"]).output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for option in
        ["--port", "--threads", "--fastcgi", "--reload", "MODULE:NAME"]
    {
        assert!(help.contains(option), "{option}: {help}");
    }
}

#[test]
fn four_requests_overlap_on_four_threads() {
    let site = Site::start(&["--threads", "4"]);
    let mut numbers: Vec<String> = thread::scope(|scope| {
        let four =
            [(); 4].map(|()| scope.spawn(|| site.get("/together")));
        four.map(|one| one.join().unwrap().text()).into()
    });
    numbers.sort();
    assert_eq!(numbers, ["0", "1", "2", "3"]);
}

#[test]
fn a_client_that_leaves_closes_the_body() {
    let site = Site::start(&[]);
    let mut stream = site.connect();
    let request = request("GET /endless HTTP/1.1", "");
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 1000]).unwrap();
    drop(stream);
    site.wait_for_mark("closed");
    assert!(!site.text("log").contains("Traceback"));
}

/// Who has all of an answer has its end, too.
#[test]
fn the_end_of_an_answer_does_not_wait_for_close() {
    let site = Site::start(&[]);
    let mut stream = site.connect();
    let request = request("GET /close HTTP/1.1", "");
    stream.write_all(request.as_bytes()).unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n0\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    assert!(!site.folder.path("closed").exists());
    site.wait_for_mark("closes");
    site.mark("wake");
    site.wait_for_mark("closed");
}

#[test]
fn a_traceback_is_in_the_log_and_not_in_the_page() {
    let site = Site::start(&[]);
    // Who sits at the same machine sees it in a debug build.
    let line = "GET /fail HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1";
    let answer = ask(site.address(1), line, "");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(!answer.text().contains("on purpose"), "{}", answer.text());
    let late = site.get("/fail_late");
    assert_eq!(late.status, "200 OK");
    assert_eq!(late.end, "by chunks, without the last");
    for text in [
        "GET /fail: ",
        ": Traceback (most recent call last):\n",
        "    raise ValueError('on purpose')\n",
        "    ValueError: on purpose",
        "GET /fail_late: ",
        "    ValueError: on purpose, and late",
        "served.py\", line ",
    ] {
        site.wait_for_log(text);
    }
}

#[test]
fn what_is_printed_and_registered_comes_at_the_end() {
    let mut site = Site::start(&[]);
    assert_eq!(site.get("/print").text(), "the answer");
    site.signal("-TERM");
    assert!(site.ended().success());
    let out = site.text("out");
    for line in
        ["printed at import", "printed, café", "printed at exit"]
    {
        assert_eq!(
            out.lines().filter(|l| *l == line).count(),
            1,
            "{out}"
        );
    }
    assert!(out.ends_with("printed at exit\n"), "{out}");
}

const STOPPING: &str = "Stopping when the requests under way";

#[test]
fn it_stops_when_nobody_asks() {
    for signal in ["-TERM", "-INT"] {
        let mut site = Site::start(&[]);
        site.signal(signal);
        assert!(site.ended().success(), "{signal}");
        assert!(!site.text("log").contains("Traceback"));
    }
}

#[test]
fn a_request_that_sleeps_is_answered_before_it_stops() {
    let mut site = Site::start(&[]);
    let server = site.address(1);
    let asked =
        thread::spawn(move || ask(server, "GET /sleep HTTP/1.1", ""));
    site.wait_for_mark("sleeps");
    site.signal("-TERM");
    site.wait_for_log(STOPPING);
    assert!(!asked.is_finished());
    site.mark("wake");
    assert_eq!(asked.join().unwrap().text(), "slept");
    assert!(site.ended().success());
}

/// A child has no thread that a handler of ours could tell.
#[test]
fn signals_end_what_the_application_forks_and_not_the_server() {
    let mut site = Site::start(&[]);
    assert_eq!(site.get("/children").text(), "[-1, -2, -15]");
    assert_eq!(site.get("/none").text(), "no such page");
    site.signal("-TERM");
    assert!(site.ended().success());
}

#[test]
fn a_stream_ends_before_it_stops() {
    let mut site = Site::start(&[]);
    let mut stream = site.connect();
    let request = request("GET /stream HTTP/1.1", "");
    stream.write_all(request.as_bytes()).unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"first, \r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    site.signal("-TERM");
    site.wait_for_log(STOPPING);
    site.mark("wake");
    stream.read_to_end(&mut seen).unwrap();
    let answer = Answer::parse(request.as_bytes(), &seen);
    assert_eq!(answer.text(), "first, second");
    assert_eq!(answer.end, "by chunks");
    assert!(site.ended().success());
}

#[test]
fn a_body_is_read_to_its_end_before_it_stops() {
    let mut site = Site::start(&[]);
    let mut stream = site.connect();
    let request = request("POST /read HTTP/1.1", "abcdef");
    let (first, rest) = request.split_at(request.len() - 2);
    stream.write_all(first.as_bytes()).unwrap();
    site.wait_for_mark("reads");
    site.signal("-TERM");
    site.wait_for_log(STOPPING);
    stream.write_all(rest.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let answer = Answer::parse(request.as_bytes(), &bytes);
    assert_eq!(answer.text(), "abc-def");
    assert!(site.ended().success());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut site = Site::start(&[]);
    let mut stream = site.connect();
    let request = request("GET /sleep HTTP/1.1", "");
    stream.write_all(request.as_bytes()).unwrap();
    site.wait_for_mark("sleeps");
    site.signal("-TERM");
    site.wait_for_log(STOPPING);
    site.signal("-TERM");
    assert_eq!(site.ended().code(), Some(130));
    let left = until(|| stream.read(&mut [0]).map_or(Some(0), Some));
    assert_eq!(left, Some(0));
}

/// As `python3` does: a container has no locale, nor has a CGI program.
#[test]
fn text_is_utf_8_where_there_is_no_locale() {
    let folder = folder("served", CODE);
    std::fs::write(folder.path("text"), "caf\u{e9}").unwrap();
    let mut command = command(&folder, &["served", "--port", "0"]);
    command.env("LANG", "").env_remove("LC_ALL").env_remove("LC_CTYPE");
    let site = Site::with(command, folder);
    assert_eq!(site.get("/print").status, "200 OK");
    assert_eq!(site.get("/read_file").text(), "caf\u{e9}");
    let hello = format!("Hello from {}", site.id());
    assert_eq!(site.get("/hello").text(), hello);
}
