//! `Environ`, `Key` and `ErrorLog`. Bare numbers in comments are
//! lines of PEP 3333.

use crate::support::Log;
use gateway::{Environ, ErrorLog, Key};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

#[test]
fn a_new_environ_has_no_variable_no_input_and_one_thread() {
    let mut environ = Environ::new();
    assert_eq!(environ.variables().len(), 0);
    let mut input = Vec::new();
    environ.input.read_to_end(&mut input).unwrap();
    assert_eq!(input, b"");
    assert_eq!(environ.url_scheme, "http");
    assert!(!environ.multithread && !environ.multiprocess);
    assert!(!environ.run_once);
    assert_eq!(Environ::VERSION, (1, 0));
}

#[test]
fn get_is_none_only_for_what_is_absent() {
    let mut environ = Environ::new();
    environ.set("EMPTY", "");
    environ.set("HTTP_X", b"caf\xe9");
    assert_eq!(environ.get("ABSENT"), None);
    assert_eq!(environ.get("EMPTY").unwrap(), "");
    assert_eq!(environ.get("HTTP_X").unwrap(), "caf\u{fffd}");
    assert_eq!(environ.bytes("HTTP_X").unwrap(), b"caf\xe9");
}

#[test]
fn names_are_case_sensitive_and_no_prefix_of_one_another() {
    let mut environ = Environ::new();
    environ.set("AB", "1");
    environ.set("A", "2");
    assert_eq!(environ.get("A").unwrap(), "2");
    assert_eq!(environ.get("AB").unwrap(), "1");
    assert_eq!(environ.get("ab"), None);
    assert_eq!(environ.get("B"), None);
}

// 485-492
#[test]
fn the_latest_value_counts_until_it_is_removed() {
    let mut environ = Environ::new();
    environ.set("A", "old");
    environ.set("B", "other");
    environ.set("A", "new");
    let all: Vec<_> = environ.variables().into_iter().collect();
    assert_eq!(all, [("A", &b"new"[..]), ("B", b"other")]);
    assert_eq!(environ.remove("A").unwrap(), b"new");
    assert_eq!(environ.get("A"), None);
    assert_eq!(environ.remove("A"), None);
    environ.set("A", "again");
    assert_eq!(environ.get("A").unwrap(), "again");
}

const USER: Key<String> = Key::new("login.user");
const COUNT: Key<u32> = Key::new("login.user");

// 660-680
#[test]
fn keys_are_variables_wsgi_keys_and_extensions_sorted() {
    let mut environ = Environ::new();
    environ.set("Z", "");
    environ.set("A", "");
    environ.set("Z", "");
    environ.insert(USER, "ada".into());
    assert_eq!(
        Vec::from_iter(environ.keys()),
        [
            "A",
            "Z",
            "login.user",
            "wsgi.errors",
            "wsgi.file_wrapper",
            "wsgi.input",
            "wsgi.multiprocess",
            "wsgi.multithread",
            "wsgi.run_once",
            "wsgi.url_scheme",
            "wsgi.version",
        ]
    );
}

#[test]
fn an_extension_has_the_type_of_its_key() {
    let mut environ = Environ::new();
    assert_eq!(environ.extension(USER), None);
    environ.insert(USER, "ada".into());
    assert_eq!(environ.extension(USER).unwrap(), "ada");
    assert_eq!(environ.extension(COUNT), None);
    environ.insert(USER, "bob".into());
    assert_eq!(environ.extension(USER).unwrap(), "bob");
}

/// Is a name refused, with the rule?
fn is_refused(name: &'static str) {
    let made = catch_unwind(|| Key::<()>::new(name));
    let panic = made.expect_err(name);
    let rule = "a key is a prefix of its own, not `wsgi`, a dot and a \
                name, of a-z, 0-9 and '_'";
    assert_eq!(*panic.downcast_ref::<&str>().unwrap(), rule);
}

// 724-729
#[test]
fn a_key_is_lower_case_letters_digits_dots_and_underscores() {
    Key::<()>::new("az09_.az09_");
    for wrong in
        ["a.B", "a.-", "a. ", "a.é", "a.`", "a.{", "a./", "a.:"]
    {
        is_refused(wrong);
    }
}

#[test]
fn a_key_has_a_prefix() {
    for wrong in
        ["", "user", "a.", "a.b.", ".user", ".", "a..b", "..", ".a.b"]
    {
        is_refused(wrong);
    }
}

#[test]
fn keys_of_wsgi_are_nobodys_to_define() {
    for wrong in ["wsgi.input", "wsgi.x", "wsgi.a.b"] {
        is_refused(wrong);
    }
    for right in ["wsgix.a", "wsg.i", "x.wsgi.a", "wsgi_.a"] {
        Key::<()>::new(right);
    }
}

#[test]
fn a_value_can_be_taken_out() {
    const NAME: Key<String> = Key::new("test.name");
    const NUMBER: Key<u8> = Key::new("test.name");
    let mut environ = Environ::new();
    assert_eq!(environ.take(NAME), None);
    environ.insert(NAME, "ada".into());
    // The same name with another type is another value.
    assert_eq!(environ.take(NUMBER), None);
    assert_eq!(environ.take(NAME).unwrap(), "ada");
    assert_eq!(environ.extension(NAME), None);
    environ.insert(NAME, "bob".into());
    environ.insert(NUMBER, 7);
    assert_eq!(environ.extension(NAME), None);
    assert_eq!(environ.extension(NUMBER), Some(&7));
}

#[test]
fn an_environ_goes_to_another_thread() {
    const NAME: Key<String> = Key::new("test.name");
    let mut environ = Environ::new();
    environ.set("A", "1");
    environ.insert(NAME, "ada".into());
    let told = thread::spawn(move || {
        let name = environ.take(NAME).unwrap();
        format!("{name} {}", environ.get("A").unwrap())
    });
    assert_eq!(told.join().unwrap(), "ada 1");
}

#[test]
fn what_is_public_can_be_shown() {
    let mut environ = Environ::new();
    environ.set("B", b"caf\xe9");
    environ.set("A", "1");
    environ.set("A", "2");
    assert_eq!(
        format!("{environ:?}"),
        "{\"A\": \"2\", \"B\": \"caf\u{fffd}\"}"
    );
    let key = Key::<u8>::new("a.b");
    assert_eq!(format!("{key:?}"), "Key(\"a.b\")");
    assert_eq!(format!("{:?}", ErrorLog::stderr()), "ErrorLog");
    let body = gateway::Body::from("Hello");
    assert_eq!(format!("{body:?}"), "Body(Some(5))");
    let app = gateway::app(|_, start_response| {
        let started = start_response("204 No Content", &[])?;
        assert_eq!(format!("{started:?}"), "Started(204)");
        let response = started.body("");
        let shown = format!("{response:?}");
        assert_eq!(shown, "Response { body: Body(Some(0)) }");
        Ok(response)
    });
    assert_eq!(gateway::testing::get(&app, "/").log, "");
}

fn log() -> (ErrorLog, Log) {
    let log = Log::default();
    (ErrorLog::new(log.clone()), log)
}

#[test]
fn lines_of_many_threads_never_mix() {
    let (errors, log) = log();
    thread::scope(|scope| {
        for n in 0..16 {
            let mut errors = errors.clone();
            scope.spawn(move || {
                for line in 0..200 {
                    write!(errors, "thread {n} ").unwrap();
                    thread::yield_now();
                    writeln!(errors, "line {line} of 200").unwrap();
                }
            });
        }
    });
    let text = log.text();
    let mut lines: Vec<&str> = text.lines().collect();
    let mut expected: Vec<String> = (0..16)
        .flat_map(|n| {
            (0..200).map(move |l| format!("thread {n} line {l} of 200"))
        })
        .collect();
    lines.sort_unstable();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn a_line_is_held_back_until_it_ends() {
    let (mut errors, log) = log();
    write!(errors, "one").unwrap();
    assert_eq!(log.text(), "");
    write!(errors, " line\nand").unwrap();
    assert_eq!(log.text(), "one line\n");
    writeln!(errors, " another").unwrap();
    assert_eq!(log.text(), "one line\nand another\n");
}

// 686-689
#[test]
fn flush_ends_an_unfinished_line_and_adds_no_empty_one() {
    let (mut errors, log) = log();
    write!(errors, "half").unwrap();
    errors.flush().unwrap();
    errors.flush().unwrap();
    assert_eq!(log.text(), "half\n");
}

#[test]
fn dropping_it_ends_an_unfinished_line() {
    let (mut errors, log) = log();
    write!(errors, "half").unwrap();
    drop(errors);
    assert_eq!(log.text(), "half\n");
}

#[test]
fn a_clone_has_a_line_of_its_own() {
    let (mut errors, log) = log();
    write!(errors, "first ").unwrap();
    let mut clone = errors.clone();
    writeln!(clone, "of the clone").unwrap();
    writeln!(errors, "of the original").unwrap();
    let text = "of the clone\nfirst of the original\n";
    assert_eq!(log.text(), text);
}

// 682-704
#[test]
fn any_unicode_is_taken() {
    let (mut errors, log) = log();
    writeln!(errors, "snow ☃ 🦀").unwrap();
    assert_eq!(log.text(), "snow ☃ 🦀\n");
}

/// Panics at the first write; takes a byte at a time afterwards.
struct Odd(bool, Log);

impl Write for Odd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(
            std::mem::replace(&mut self.0, true),
            "the first write"
        );
        self.1.write(&bytes[..1])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_goes_on_after_a_panic_and_completes_short_writes() {
    let log = Log::default();
    let mut errors = ErrorLog::new(Odd(false, log.clone()));
    let mut lost = errors.clone();
    let written = AssertUnwindSafe(move || writeln!(lost, "lost"));
    assert!(catch_unwind(written).is_err());
    let before = log.text().len();
    writeln!(errors, "kept").unwrap();
    assert_eq!(&log.text()[before..], "kept\n");
}

/// CWE-117: each of these, a terminal or who reads lines would obey.
#[test]
fn nothing_that_a_terminal_obeys_reaches_the_log() {
    let (mut errors, log) = log();
    for code in 0..=0x10ffff {
        let Some(c) = char::from_u32(code) else { continue };
        if c != '\n' {
            write!(errors, "{c}x").unwrap();
        }
    }
    errors.flush().unwrap();
    for c in log.text().chars().filter(|c| *c != '\n' && *c != '\t') {
        assert!(!c.is_control(), "{c:?}");
        let code = u32::from(c);
        assert!(!(0x2028..=0x202e).contains(&code), "{c:?}");
        assert!(!(0x2066..=0x2069).contains(&code), "{c:?}");
    }
    for (c, shown) in [
        ('\r', "\\r"),
        ('\x1b', "\\u{1b}"),
        ('\0', "\\u{0}"),
        ('\x7f', "\\u{7f}"),
        ('\u{85}', "\\u{85}"),
        ('\u{9b}', "\\u{9b}"),
        ('\u{2028}', "\\u{2028}"),
        ('\u{202e}', "\\u{202e}"),
        ('\u{2066}', "\\u{2066}"),
        ('\u{2069}', "\\u{2069}"),
        ('\t', "\t"),
        ('\\', "\\"),
        ('"', "\""),
        ('\u{2027}', "\u{2027}"),
        ('\u{202f}', "\u{202f}"),
        ('\u{2065}', "\u{2065}"),
        ('\u{206a}', "\u{206a}"),
        ('\u{a0}', "\u{a0}"),
    ] {
        let (mut errors, log) = self::log();
        writeln!(errors, "a{c}b").unwrap();
        assert_eq!(log.text(), format!("a{shown}b\n"));
    }
}

#[test]
fn a_line_may_end_in_cr_lf_and_need_not_be_text() {
    let (mut errors, log) = log();
    errors.write_all(b"one\r\ntwo\r").unwrap();
    errors.write_all(b"\nthree\r\r\n\xfffour\n").unwrap();
    let text = "one\ntwo\nthree\\r\n\u{fffd}four\n";
    assert_eq!(log.text(), text);
}

/// A sink that counts what it is given at a time.
struct Most(Log, std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Write for Most {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let order = std::sync::atomic::Ordering::Relaxed;
        self.1.fetch_max(bytes.len(), order);
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_without_an_end_is_cut_into_lines_of_16_kib() {
    const LIMIT: usize = 16 * 1024;
    for length in [LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT, 40_000] {
        for at_once in [1, 1000, LIMIT, 100_000] {
            let (mut errors, log) = log();
            let text = "e".repeat(length);
            for piece in text.as_bytes().chunks(at_once) {
                errors.write_all(piece).unwrap();
            }
            errors.write_all(b"\nnext\n").unwrap();
            let text = log.text();
            let lines: Vec<_> = text.lines().collect();
            let (last, lines) = lines.split_last().unwrap();
            assert_eq!(*last, "next");
            assert_eq!(lines.len(), length.div_ceil(LIMIT));
            assert_eq!(lines.concat().len(), length);
            assert!(lines.iter().all(|line| line.len() <= LIMIT));
        }
    }
    // Nor is it kept.
    let most = std::sync::Arc::default();
    let log = Log::default();
    let sink = Most(log.clone(), std::sync::Arc::clone(&most));
    let mut errors = ErrorLog::new(sink);
    for _ in 0..1000 {
        errors.write_all(&[b'e'; 999]).unwrap();
    }
    let most = most.load(std::sync::atomic::Ordering::Relaxed);
    assert!(most <= LIMIT + 1, "{most}");
    assert!(log.text().len() > 950_000);
}

#[test]
fn many_lines_that_are_written_at_once_go_out_at_once() {
    let most = std::sync::Arc::default();
    let sink = Most(Log::default(), std::sync::Arc::clone(&most));
    let mut errors = ErrorLog::new(sink);
    let text = "0123456789\n".repeat(5000);
    errors.write_all(text.as_bytes()).unwrap();
    let most = most.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(most, text.len());
}
