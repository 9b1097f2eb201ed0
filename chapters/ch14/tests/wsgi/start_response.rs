//! `start_response` (PEP 3333, "The start_response() Callable").

use crate::{app, quiet, valid};
use gateway::testing::{environ, get};

const CODE: &str = include_str!("../python/start_response.py");

#[test]
fn it_may_be_called_as_late_as_for_the_first_block() {
    for name in ["at_once", "in_a_first_step", "after_empty_blocks"] {
        let answer = quiet(&app(CODE, name), environ("GET", "/"));
        assert_eq!(answer.status, "200 OK", "{name}");
        assert_eq!(answer.text(), "Hello", "{name}");
    }
    for name in ["at_once", "in_a_first_step"] {
        let answer = quiet(&valid(CODE, name), environ("GET", "/"));
        assert_eq!(answer.text(), "Hello", "{name}");
    }
}

#[test]
fn it_must_be_called() {
    for name in ["never", "never_with_a_block", "after_a_block"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(
            answer.status, "500 Internal Server Error",
            "{name}"
        );
        let why = "AssertionError: the application did not call \
                   start_response\n";
        assert!(answer.log.ends_with(why), "{name}: {}", answer.log);
    }
}

#[test]
fn a_second_call_needs_a_reason() {
    for name in ["twice", "twice_if_the_first_was_refused"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(
            answer.status, "500 Internal Server Error",
            "{name}"
        );
        let why = "start_response was called twice, the second time \
                   without exc_info\n";
        assert!(answer.log.ends_with(why), "{name}: {}", answer.log);
    }
}

#[test]
fn with_exc_info_the_second_head_is_the_one() {
    for name in
        ["replaced", "replaced_in_a_first_step", "exc_info_alone"]
    {
        let answer = quiet(&valid(CODE, name), environ("GET", "/"));
        assert_eq!(answer.status, "503 Sorry", "{name}");
        assert_eq!(answer.headers.get("X-First"), None, "{name}");
        assert_eq!(answer.headers.get("X-Second"), Some("2"), "{name}");
        assert_eq!(answer.text(), "sorry", "{name}");
    }
}

#[test]
fn behind_the_first_block_the_error_comes_back() {
    let answer = get(&app(CODE, "too_late"), "/");
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.text(), "first, raised again: too late");
    let answer = get(&app(CODE, "too_late_and_not_caught"), "/");
    assert_eq!(answer.text(), "first");
    assert!(answer.is_cut);
    let log = answer.log;
    assert!(log.ends_with("ValueError: too late\n"), "{log}");
    assert!(log.contains(", in fails\n"), "its own traceback: {log}");
}

#[test]
fn who_gives_no_exc_info_that_late_is_told() {
    let answer = get(&app(CODE, "twice_and_late"), "/");
    assert!(answer.is_cut);
    let why = "start_response was called twice";
    assert!(answer.log.contains(why), "{}", answer.log);
}

#[test]
fn a_head_that_must_not_be_sent_is_refused_at_the_call() {
    for (arguments, why) in [
        ("'200', []", "ValueError: status \"200\""),
        ("'200 ', []", "ValueError: status"),
        ("' 200 OK', []", "ValueError: status"),
        ("'200 OK ', []", "ValueError: status"),
        ("'abc OK', []", "ValueError: status"),
        ("'100 Continue', []", "ValueError: status"),
        ("'200 OK\\r\\nA: b', []", "ValueError: status"),
        ("'200 O\\x00K', []", "ValueError: status"),
        ("'200 \\u65e5', []", "ValueError: status"),
        ("'200 \\udce9', []", "UnicodeEncodeError"),
        ("b'200 OK', []", "TypeError"),
        ("200, []", "TypeError"),
        ("None, []", "TypeError"),
        ("'200 OK'", "TypeError"),
        ("'200 OK', [], None, None", "TypeError"),
        ("'200 OK', headers=[]", "TypeError"),
        ("'200 OK', None", "TypeError"),
        ("'200 OK', 'ab'", "TypeError"),
        ("'200 OK', {'A': 'b'}", "TypeError"),
        ("'200 OK', ['ab']", "TypeError"),
        ("'200 OK', [('A',)]", "ValueError"),
        ("'200 OK', [('A', 'b', 'c')]", "ValueError"),
        ("'200 OK', [('A', b'b')]", "TypeError"),
        ("'200 OK', [(b'A', 'b')]", "TypeError"),
        ("'200 OK', [('A', 1)]", "TypeError"),
        ("'200 OK', [('A', None)]", "TypeError"),
        (
            "'200 OK', [('A', 'b\\r\\nC: d')]",
            "ValueError: header \"A\"",
        ),
        ("'200 OK', [('A', 'b\\nC: d')]", "ValueError: header \"A\""),
        ("'200 OK', [('A', '\\x00')]", "ValueError: header \"A\""),
        ("'200 OK', [('A', '\\u0100')]", "ValueError: header \"A\""),
        ("'200 OK', [('A', '\\udce9')]", "UnicodeEncodeError"),
        ("'200 OK', [('A:', 'b')]", "ValueError: header \"A:\""),
        ("'200 OK', [('A b', 'b')]", "ValueError: header"),
        ("'200 OK', [('', 'b')]", "ValueError: header"),
        ("'200 OK', [('\\xe9', 'b')]", "ValueError: header"),
        (
            "'200 OK', [('Connection', 'close')]",
            "is the server's to send",
        ),
        ("'200 OK', [('Keep-Alive', '1')]", "is the server's to send"),
        ("'200 OK', [('Trailer', 'A')]", "is the server's to send"),
        ("'200 OK', [('Upgrade', 'A')]", "is the server's to send"),
        (
            "'200 OK', [('TRANSFER-ENCODING', 'chunked')]",
            "is the server's to send",
        ),
        ("'200 OK', [('Status', '200 OK')]", "is the server's to send"),
        (
            "'200 OK', [('Content-Length', 'x')]",
            "not a number of bytes",
        ),
        (
            "'200 OK', [('Content-Length', '-1')]",
            "not a number of bytes",
        ),
        (
            "'200 OK', [('Content-Length', '1'), ('Content-Length', '1')]",
            "may be given once only",
        ),
        ("'200 OK', [], False", "TypeError"),
        ("'200 OK', [], ValueError()", "TypeError"),
    ] {
        let code = format!(
            "
def application(environ, start_response):
    start_response({arguments})
    return [b'never sent']
"
        );
        let answer = get(&app(&code, "application"), "/");
        let status = "500 Internal Server Error";
        assert_eq!(answer.status, status, "{arguments}");
        assert!(
            answer.log.contains(why),
            "{arguments}: {}",
            answer.log
        );
        assert!(answer.log.contains("line 7, in application"));
        assert!(!answer.text().contains("never sent"), "{arguments}");
    }
}

#[test]
fn a_head_is_sent_in_latin_1() {
    let answer = quiet(&app(CODE, "latin_1"), environ("GET", "/"));
    assert_eq!(answer.status, "200 Tr\u{e8}s bien");
    assert_eq!(answer.headers.get("X-Name"), Some("caf\u{e9}\u{ff}"));
}

#[test]
fn the_same_name_may_come_twice_and_stays_in_order() {
    let answer = quiet(&valid(CODE, "cookies"), environ("GET", "/"));
    let cookies: Vec<_> = answer
        .headers
        .pairs()
        .into_iter()
        .filter(|(name, _)| *name == "Set-Cookie")
        .map(|(_, value)| value)
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
}

/// The list is the application's: it may go on with it.
#[test]
fn what_becomes_of_the_list_later_does_not_matter() {
    let answer =
        quiet(&app(CODE, "changed_later"), environ("GET", "/"));
    assert_eq!(answer.headers.get("X-First"), Some("1"));
    assert_eq!(answer.headers.get("X-Later"), None);
}

#[test]
fn who_catches_what_is_refused_has_an_error_page() {
    let answer =
        quiet(&app(CODE, "refused_and_caught"), environ("GET", "/"));
    assert_eq!(answer.status, "503 Sorry");
    assert_eq!(answer.text(), "sorry");
}

#[test]
fn it_keeps_no_exc_info() {
    let app = app(CODE, "kept");
    for _ in 0..2 {
        let answer = quiet(&app, environ("GET", "/"));
        assert_eq!(answer.text(), "gone");
    }
}
