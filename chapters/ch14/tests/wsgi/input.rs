//! `wsgi.input` (PEP 3333, "Input and Error Streams").

use crate::{app, post, quiet, valid, value};
use gateway::testing::{ask, environ};
use std::io::{self, BufReader, Read};
use std::sync::mpsc;
use std::thread;

const CODE: &str = include_str!("../python/input.py");

/// Three lines; the last has no end.
const LINES: &[u8] = b"one\ntwo\r\nthree";

#[test]
fn it_is_read_as_a_file_of_bytes_is() {
    for (expression, expected) in [
        ("input.read()", r"b'one\ntwo\r\nthree'"),
        ("input.read(-1)", r"b'one\ntwo\r\nthree'"),
        ("input.read(None)", r"b'one\ntwo\r\nthree'"),
        ("input.read(0)", "b''"),
        ("input.read(5)", r"b'one\nt'"),
        ("input.read(5), input.read()", r"(b'one\nt', b'wo\r\nthree')"),
        (
            "input.read(2**40), input.read(1)",
            r"(b'one\ntwo\r\nthree', b'')",
        ),
        ("input.readline()", r"b'one\n'"),
        ("input.readline(-1)", r"b'one\n'"),
        ("input.readline(None)", r"b'one\n'"),
        ("input.readline(0)", "b''"),
        ("input.readline(2), input.readline(9)", r"(b'on', b'e\n')"),
        ("input.readlines()", r"[b'one\n', b'two\r\n', b'three']"),
        ("input.readlines(None)", r"[b'one\n', b'two\r\n', b'three']"),
        ("input.readlines(-1)", r"[b'one\n', b'two\r\n', b'three']"),
        ("input.readlines(0)", r"[b'one\n', b'two\r\n', b'three']"),
        ("input.readlines(1)", r"[b'one\n']"),
        ("input.readlines(4)", r"[b'one\n']"),
        ("input.readlines(5)", r"[b'one\n', b'two\r\n']"),
        ("list(input)", r"[b'one\n', b'two\r\n', b'three']"),
        ("iter(input) is input", "True"),
        ("next(input), input.read(3)", r"(b'one\n', b'two')"),
        (
            "[input.read(), input.read(), input.readline()][1:]",
            "[b'', b'']",
        ),
        ("type(input.read()) is bytes", "True"),
    ] {
        assert_eq!(
            value(post(LINES), expression),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn it_does_what_pythons_own_file_does() {
    for name in ["read", "readline", "readlines"] {
        for size in
            ["", "None", "-2", "0", "1", "4", "5", "9", "14", "99"]
        {
            let expression = format!(
                "(lambda file: (input.{name}({size}), input.read()) \
                 == (file.{name}({size}), file.read()))\
                 (__import__('io').BytesIO({:?}.encode()))",
                "one\ntwo\r\nthree"
            );
            let same = value(post(LINES), &expression);
            assert_eq!(same, "True", "{name}({size})");
        }
    }
}

#[test]
fn a_request_without_a_body_has_an_empty_one() {
    for expression in ["input.read()", "input.readline()"] {
        assert_eq!(value(environ("GET", "/"), expression), "b''");
    }
    assert_eq!(value(environ("GET", "/"), "list(input)"), "[]");
}

#[test]
fn what_is_no_size_is_refused() {
    for expression in ["'1'", "1.5", "2**63", "1, 2", "size=1"] {
        let code = format!("input.read({expression})");
        let mut environ = post(LINES);
        environ.set("EXPRESSION", &code);
        const VALUE: &str = include_str!("../python/value.py");
        let answer = ask(&app(VALUE, "value"), environ);
        assert_eq!(
            answer.status, "500 Internal Server Error",
            "{code}"
        );
        assert!(answer.log.contains("Error: "), "{}", answer.log);
    }
}

#[test]
fn the_validator_reads_it_in_every_way() {
    let app = valid(CODE, "every_way");
    let answer = quiet(&app, post(LINES));
    assert_eq!(answer.text(), r"[b'on', b'e\n', b'two\r\n', b'three']");
}

/// It brings a byte at a time, and is interrupted before each.
struct Halting(&'static [u8], bool);

impl Read for Halting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        match self.1 {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => (&mut self.0).take(1).read(buffer),
        }
    }
}

#[test]
fn as_many_bytes_come_as_are_asked_for() {
    for (expression, expected) in [
        ("input.read(5)", r"b'one\nt'"),
        ("input.readline()", r"b'one\n'"),
        ("input.read()", r"b'one\ntwo\r\nthree'"),
    ] {
        let mut environ = post(b"");
        environ.input = Box::new(BufReader::new(Halting(LINES, false)));
        assert_eq!(
            value(environ, expression),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn a_body_of_three_megabytes_is_whole() {
    let bytes: Vec<u8> =
        (0..3 << 20).map(|n| (n % 251) as u8).collect();
    let sum: u64 = bytes.iter().map(|&byte| u64::from(byte)).sum();
    for expression in [
        "sum(input.read())",
        "sum(sum(line) for line in input)",
        "sum(map(sum, iter(lambda: input.read(8191), b'')))",
    ] {
        let mut environ = post(b"");
        environ.input = Box::new(io::Cursor::new(bytes.clone()));
        let found = value(environ, expression);
        assert_eq!(found, sum.to_string(), "{expression}");
    }
}

/// It says that somebody waits for it, and waits to be allowed to end.
struct Slow(mpsc::Sender<()>, mpsc::Receiver<()>);

impl Read for Slow {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        let _ = self.0.send(());
        let _ = self.1.recv();
        Ok(0)
    }
}

#[test]
fn who_waits_for_a_client_lets_others_run() {
    let (waits, is_waiting) = mpsc::channel();
    let (allow, is_allowed) = mpsc::channel();
    thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let mut environ = post(b"");
            let input = Slow(waits, is_allowed);
            environ.input = Box::new(BufReader::new(input));
            value(environ, "input.read()")
        });
        is_waiting.recv().unwrap();
        assert_eq!(value(post(LINES), "input.read(3)"), "b'one'");
        assert!(!slow.is_finished());
        allow.send(()).unwrap();
        assert_eq!(slow.join().unwrap(), "b''");
    });
}

struct Failing(&'static str);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(match self.0 {
            "" => io::ErrorKind::ConnectionReset.into(),
            reason => gateway::Failure::bad_request(reason).into(),
        })
    }
}

#[test]
fn what_is_the_clients_fault_is_not_the_applications() {
    for name in ["reads", "passes_over", "reads_first"] {
        let mut environ = post(b"");
        let input = Failing("the body is cut");
        environ.input = Box::new(BufReader::new(input));
        let answer = ask(&app(CODE, name), environ);
        assert_eq!(answer.status, "400 Bad Request", "{name}");
        assert!(
            answer.log.contains("the body is cut"),
            "{}",
            answer.log
        );
        assert!(!answer.log.contains("Traceback"), "{}", answer.log);
    }
}

#[test]
fn who_catches_that_answers_as_he_likes() {
    let mut environ = post(b"");
    environ.input = Box::new(BufReader::new(Failing("it is cut")));
    let answer = quiet(&app(CODE, "catches"), environ);
    assert!(answer.text().contains("it is cut"), "{}", answer.text());
}

#[test]
fn an_input_that_fails_is_an_oserror() {
    let mut environ = post(b"");
    environ.input = Box::new(BufReader::new(Failing("")));
    let answer = quiet(&app(CODE, "catches"), environ);
    let text = answer.text();
    assert!(text.starts_with("ConnectionResetError"), "{text}");
}

#[test]
fn two_threads_of_python_may_read_it() {
    let bytes = vec![b'x'; 1 << 20];
    let mut environ = post(b"");
    environ.input = Box::new(io::Cursor::new(bytes));
    let answer = quiet(&app(CODE, "in_threads"), environ);
    assert_eq!(answer.text(), (1 << 20).to_string());
}
