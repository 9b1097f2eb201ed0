//! What an application is told, and how much of it it may believe.

#![cfg(unix)]

use gateway::testing::{self, Answer};
use gateway::{Environ, Key};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const KEYS: &str = env!("CARGO_BIN_EXE_ch03");
const VALUES: &str = env!("CARGO_BIN_EXE_values");
const ECHO: &str = env!("CARGO_BIN_EXE_echo");

/// What `program` does in an environment of these variables alone,
/// with this standard input.
fn run(
    program: &str,
    variables: &[(&str, &[u8])],
    input: &[u8],
) -> Output {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in variables {
        command.env(name, OsStr::from_bytes(value));
    }
    let mut child = command.spawn().unwrap();
    // A program need not read its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Head, body, and log.
fn answer(output: &Output) -> (String, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.into()).unwrap();
    let out = text(&output.stdout);
    let (head, body) = out.split_once("\r\n\r\n").unwrap();
    (head.into(), body.into(), text(&output.stderr))
}

/// The line of a key on the page of values.
fn value(variables: &[(&str, &[u8])], key: &str) -> Option<String> {
    let (_, page, _) = answer(&run(VALUES, variables, b""));
    let lead = format!("{key} = ");
    let mut lines = page.lines();
    lines.find_map(|l| l.strip_prefix(&lead)).map(String::from)
}

#[test]
fn the_keys_are_sorted_and_none_is_missing() {
    let variables: &[(&str, &[u8])] =
        &[("REQUEST_METHOD", b"GET"), ("PATH_INFO", b"/")];
    let (head, page, log) = answer(&run(KEYS, variables, b""));
    assert!(head.starts_with("Status: 200 OK\r\n"), "{head}");
    let keys: Vec<&str> = page
        .lines()
        .map(|line| line.trim_end_matches("<br />"))
        .filter(|line| !line.starts_with('<'))
        .collect();
    let expected = [
        "PATH_INFO",
        "REQUEST_METHOD",
        "wsgi.errors",
        "wsgi.file_wrapper",
        "wsgi.input",
        "wsgi.multiprocess",
        "wsgi.multithread",
        "wsgi.run_once",
        "wsgi.url_scheme",
        "wsgi.version",
    ];
    assert_eq!(keys, expected);
    assert_eq!(log, "");
}

#[test]
fn names_and_values_are_escaped() {
    let variables: &[(&str, &[u8])] = &[("HTTP_A&B", b"<script>")];
    let (_, page, _) = answer(&run(VALUES, variables, b""));
    assert!(page.contains("HTTP_A&amp;B = &lt;script&gt;\n"), "{page}");
    let (_, page, _) = answer(&run(KEYS, variables, b""));
    assert!(page.contains("HTTP_A&amp;B<br />\n"), "{page}");
}

#[test]
fn a_query_picks_keys_by_their_beginnings() {
    let variables: &[(&str, &[u8])] =
        &[("QUERY_STRING", b"PATH+wsgi.m"), ("PATH_INFO", b"/x")];
    let (_, page, _) = answer(&run(VALUES, variables, b""));
    let expected = "<pre>\n\
                    PATH_INFO = /x\n\
                    wsgi.multiprocess = true\n\
                    wsgi.multithread = false\n\
                    </pre>\n";
    assert_eq!(page, expected);
}

#[test]
fn a_value_is_bytes_and_can_be_read_as_text() {
    let path: &[u8] = b"/Andr\xe9";
    let shown = value(&[("PATH_INFO", path)], "PATH_INFO");
    assert_eq!(shown.unwrap(), "/Andr\u{fffd}");

    let mut environ = Environ::new();
    environ.set("PATH_INFO", path);
    assert_eq!(environ.get("PATH_INFO").unwrap(), "/Andr\u{fffd}");
    assert_eq!(environ.bytes("PATH_INFO"), Some(path));
}

#[test]
fn a_key_of_ones_own_has_a_type_of_its_own() {
    const VISITS: Key<u32> = Key::new("counter.visits");

    let mut environ = Environ::new();
    environ.insert(VISITS, 3);
    assert!(environ.keys().contains(&"counter.visits"));
    assert_eq!(environ.extension(VISITS), Some(&3));
}

#[test]
fn https_is_told_by_a_variable() {
    let scheme = |https: &[u8]| {
        value(&[("HTTPS", https)], "wsgi.url_scheme").unwrap()
    };
    for https in [&b"on"[..], b"1", b"yes"] {
        assert_eq!(scheme(https), "https");
    }
    for no_https in [&b""[..], b"off", b"0"] {
        assert_eq!(scheme(no_https), "http");
    }
}

#[test]
fn a_proxy_field_is_not_believed() {
    let variables: &[(&str, &[u8])] = &[
        ("HTTP_PROXY", b"http://evil.example/"),
        ("HTTP_PROXY_AUTHORIZATION", b"x"),
    ];
    assert_eq!(value(variables, "HTTP_PROXY"), None);
    let other = value(variables, "HTTP_PROXY_AUTHORIZATION");
    assert_eq!(other.unwrap(), "x");
}

#[test]
fn the_input_ends_where_the_body_ends() {
    let cases: [(&[u8], &str); 4] =
        [(b"3", "caf"), (b"4", "cafe"), (b"0", ""), (b"", "")];
    for (length, expected) in cases {
        let variables = [("CONTENT_LENGTH", length)];
        let (head, body, log) =
            answer(&run(ECHO, &variables, b"cafe and more"));
        assert!(head.starts_with("Status: 200 OK\r\n"), "{head}");
        assert_eq!((body.as_str(), log.as_str()), (expected, ""));
    }
    let (_, body, _) = answer(&run(ECHO, &[], b"cafe"));
    assert_eq!(body, "");
}

#[test]
fn an_answer_does_not_wait_for_the_pipe_to_be_closed() {
    let mut command = Command::new(ECHO);
    command.env_clear().env("CONTENT_LENGTH", "6");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It stays open until the answer is there.
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdin.write_all(b"Ferris").unwrap();
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let mut out = String::new();
        let read = stdout.read_to_string(&mut out);
        sender.send(read.map(|_| out))
    });
    let answer = answer.recv_timeout(Duration::from_secs(20));
    drop(stdin);
    child.wait().unwrap();
    let answer = answer.expect("an answer while the pipe is open");
    assert!(answer.unwrap().ends_with("\r\n\r\nFerris"));
}

#[test]
fn a_body_need_not_be_text() {
    let body: Vec<u8> = (0..=255).collect();
    let variables: &[(&str, &[u8])] = &[("CONTENT_LENGTH", b"256")];
    let output = run(ECHO, variables, &body);
    assert!(output.stdout.ends_with(&body));
}

#[test]
fn half_a_body_is_no_body() {
    let variables: &[(&str, &[u8])] = &[("CONTENT_LENGTH", b"10")];
    let output = run(ECHO, variables, b"half");
    let (_, body, log) = answer(&output);
    assert_eq!(body, "half");
    assert_eq!(output.status.code(), Some(1));
    let reason = "400 Bad Request: the request's body ends 6 bytes \
                  early\n";
    assert!(log.ends_with(reason), "{log}");
}

#[test]
fn a_length_is_digits_and_nothing_else() {
    for length in [&b"+3"[..], b"-3", b"3 ", b"0x3", b"3,3", b"\xb3"] {
        let variables = [("CONTENT_LENGTH", length)];
        let (head, body, log) = answer(&run(ECHO, &variables, b"cafe"));
        assert!(head.starts_with("Status: 400 Bad Request"), "{head}");
        assert_eq!(body, "400 Bad Request\n");
        assert!(log.contains("CONTENT_LENGTH is "), "{log}");
    }
}

#[test]
fn a_closure_is_asked_without_a_server() {
    let app = gateway::app(|environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(path))
    });
    let answer = gateway::testing::get(&app, "/caf%C3%A9?tea");
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.text(), "/café");
}

/// What a page with these headers comes to, and what the log says.
fn page_with(headers: &[(&str, &str)]) -> Answer {
    let app = gateway::app(|_, start_response| {
        let started = start_response("200 OK", headers)?;
        Ok(started.body("Hello World!"))
    });
    testing::get(&app, "/")
}

#[test]
fn a_header_with_a_line_break_never_leaves() {
    let answer = page_with(&[("X-Next", "a\r\nSet-Cookie: b")]);
    assert_eq!(answer.status, "500 Internal Server Error");
    assert_eq!(answer.headers.get("Set-Cookie"), None);
    let message = "header \"X-Next\": '\\r' at byte 1 of its value";
    assert!(answer.log.contains(message), "{}", answer.log);
}

#[test]
fn an_announced_length_is_announced_once() {
    let type_ = ("Content-Type", "text/plain");
    let answer = page_with(&[type_, ("Content-Length", "12")]);
    let lengths = |answer: &Answer| {
        let pairs = answer.headers.pairs();
        pairs.iter().filter(|(n, _)| *n == "Content-Length").count()
    };
    assert_eq!(lengths(&answer), 1);
    assert_eq!(answer.text(), "Hello World!");
    assert_eq!(answer.log, "");

    let answer = page_with(&[type_, ("Content-Length", "5")]);
    assert_eq!(answer.text(), "Hello");
    let message = "longer than its Content-Length";
    assert!(answer.log.contains(message), "{}", answer.log);
}

#[test]
fn a_folder_is_not_an_empty_page() {
    let app = gateway::app(|_, start_response| {
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(File::open("/")?))
    });
    let answer = testing::get(&app, "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.log.contains("directory"), "{}", answer.log);
}

#[test]
fn a_request_for_the_head_gets_the_head_alone() {
    let variables: &[(&str, &[u8])] =
        &[("REQUEST_METHOD", b"HEAD"), ("QUERY_STRING", b"wsgi.m")];
    let (head, body, _) = answer(&run(VALUES, variables, b""));
    assert!(head.contains("\r\nContent-Length: "), "{head}");
    assert_eq!(body, "");
}
