//! What an application raises (PEP 3333, "Error Handling").

use crate::{app, quiet};
use gateway::testing::{environ, get};

const CODE: &str = include_str!("../python/raised.py");

#[test]
fn nothing_that_is_raised_ends_the_server() {
    for (name, last) in [
        ("value_error", "ValueError: on purpose"),
        ("system_exit", "SystemExit: 3"),
        ("exit_without_a_code", "SystemExit"),
        ("interrupted", "KeyboardInterrupt"),
        ("generator_exit", "GeneratorExit"),
        ("stop_iteration", "StopIteration"),
        ("of_its_own", "application.Own: of its own"),
        ("of_several_lines", "    three"),
        ("no_text", "NoText: <exception str() failed>"),
        (
            "exits_in_its_text",
            "ExitsInItsText: <exception str() failed>",
        ),
        ("without_memory", "MemoryError"),
        (
            "recursion",
            "RecursionError: maximum recursion depth exceeded",
        ),
        ("recursion_in_c", "RecursionError: maximum recursion depth"),
        (
            "not_an_exception",
            "exceptions must derive from BaseException",
        ),
    ] {
        for at in ["called", "iterated"] {
            let mut environ = environ("GET", "/");
            environ.set("AT", at);
            environ.set("WHAT", name);
            let answer =
                gateway::testing::ask(&app(CODE, "raising"), environ);
            let status = "500 Internal Server Error";
            assert_eq!(answer.status, status, "{name}");
            assert!(!answer.text().contains("Traceback"), "{name}");
            let log = answer.log;
            let start = "GET /: Traceback (most recent call last):\n";
            assert!(log.starts_with(start), "{name}, {at}: {log}");
            let end = log.lines().last().unwrap();
            assert!(end.contains(last), "{name}, {at}: {log}");
            assert!(log.contains("<string>\", line"), "{log}");
        }
    }
}

#[test]
fn what_an_error_was_raised_from_is_told() {
    let log = get(&app(CODE, "chained"), "/").log;
    for text in [
        "ZeroDivisionError: division by zero",
        "The above exception was the direct cause of the following",
        "ValueError: on purpose",
    ] {
        assert!(log.contains(text), "{log}");
    }
}

/// In such characters Python has the names of files that are not UTF-8.
#[test]
fn a_traceback_is_not_lost_to_surrogates() {
    for (name, end) in [
        ("no_such_file", "'/caf\\xe9'\n"),
        ("surrogates", "ValueError: \u{fffd}\u{fffd}\u{fffd}\n"),
    ] {
        let log = get(&app(CODE, name), "/").log;
        assert!(log.contains(&format!("in {name}\n")), "{log}");
        assert!(log.ends_with(end), "{log}");
    }
}

#[test]
fn lines_of_a_log_are_one_errors() {
    let log = get(&app(CODE, "several_lines"), "/%0Ax").log;
    let mut lines = log.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with(r"GET /\nx: Traceback"), "{log}");
    assert!(lines.all(|line| line.starts_with("    ")), "{log}");
}

#[test]
fn each_line_of_a_traceback_has_the_label() {
    let app = app(CODE, "several_lines");
    let labelled = gateway::app(|environ, start_response| {
        use gateway::Application;
        environ.errors.set_label("7");
        app.call(environ, start_response)
    });
    let log = get(&labelled, "/").log;
    assert_eq!(log.lines().count(), 4, "{log}");
    assert!(log.lines().all(|l| l.starts_with("[7] ")), "{log}");
}

#[test]
fn an_error_behind_the_first_block_cuts_the_answer() {
    for name in ["behind_a_block", "at_the_end"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(answer.status, "200 OK", "{name}");
        assert_eq!(answer.text(), "Hello", "{name}");
        assert!(answer.is_cut, "{name}");
        let log = answer.log;
        assert!(log.contains("Traceback"), "{log}");
        assert!(log.contains("ValueError: on purpose"), "{log}");
        assert!(log.contains(&format!(", in {name}\n")), "{log}");
    }
}

#[test]
fn an_error_page_of_ones_own_is_sent() {
    let answer = quiet(&app(CODE, "own_page"), environ("GET", "/"));
    assert_eq!(answer.status, "500 Sorry");
    assert_eq!(answer.text(), "on purpose");
}

/// The next request finds nothing of it.
#[test]
fn after_an_error_all_goes_on() {
    let app = app(CODE, "every_other");
    for turn in 0..10 {
        let answer = get(&app, "/");
        let expected = match turn % 2 {
            0 => "500 Internal Server Error",
            _ => "200 OK",
        };
        assert_eq!(answer.status, expected);
    }
}
