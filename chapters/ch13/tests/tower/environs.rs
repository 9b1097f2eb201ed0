//! Environs that no server of ours makes.

use super::{ask, post};
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::routing::any;
use gateway::Environ;
use gateway::testing::{self, Answer};

/// Answers with the URI and the fields.
fn show() -> Router {
    Router::new().fallback(any(async |request: Request| {
        let fields = fields(request.headers());
        format!("{} {}{fields}", request.method(), request.uri())
    }))
}

fn fields(headers: &HeaderMap) -> String {
    let field = |(name, value): (&_, &axum::http::HeaderValue)| {
        format!("\n{name}: {}", value.as_bytes().escape_ascii())
    };
    headers.iter().map(field).collect()
}

fn answer(change: impl FnOnce(&mut Environ)) -> Answer {
    let mut environ = testing::environ("GET", "/a?b");
    change(&mut environ);
    ask(show(), environ)
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == "400 Bad Request"
        && answer.log.lines().count() == 1
}

#[test]
fn a_method_that_is_none_is_refused() {
    for method in ["", "foo bar", "caf\u{e9}", "GET\r\n", "\0"] {
        let answer = answer(|e| e.set("REQUEST_METHOD", method));
        assert!(is_refused(&answer), "{method:?}: {answer:?}");
    }
    let answer = answer(|e| drop(e.remove("REQUEST_METHOD")));
    assert!(is_refused(&answer), "{answer:?}");
}

#[test]
fn an_environ_of_nothing_but_a_method_is_enough() {
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    assert_eq!(ask(show(), environ).text(), "GET /");
}

#[test]
fn a_path_may_be_missing_or_a_star() {
    for (variables, right) in [
        (&[("PATH_INFO", "")][..], "GET /?b"),
        (&[("REQUEST_URI", "*"), ("PATH_INFO", "")], "GET /?b"),
        (&[("REQUEST_URI", "*"), ("PATH_INFO", "*")], "GET /?b"),
        (&[("PATH_INFO", "a")], "GET /?b"),
        (&[("REQUEST_URI", "")], "GET /a?b"),
        (&[("REQUEST_URI", "http://a.example/a?b")], "GET /a?b"),
        (&[("REQUEST_URI", "a b\r\n")], "GET /a?b"),
    ] {
        let answer = answer(|environ| {
            for (name, value) in variables {
                environ.set(name, value);
            }
        });
        let text = answer.text();
        let line = text.lines().next();
        assert_eq!(line, Some(right), "{variables:?}: {answer:?}");
    }
}

#[test]
fn a_query_of_odd_bytes_is_refused_or_passed_on() {
    for (query, is_fine) in [
        (&b"a=%zz&&=?/"[..], true),
        ("caf\u{e9}".as_bytes(), true),
        (b"caf\xe9", false),
        (b"a b", false),
        (b"a\r\nb", false),
        (b"\0", false),
    ] {
        let answer = answer(|e| e.set("QUERY_STRING", query));
        let query = query.escape_ascii();
        if is_fine {
            assert_eq!(answer.status, "200 OK", "{query}: {answer:?}");
        } else {
            assert!(is_refused(&answer), "{query}: {answer:?}");
        }
    }
}

#[test]
fn a_path_of_any_bytes_is_passed_on_or_refused() {
    for byte in 0..=255_u8 {
        let answer = answer(|environ| {
            environ.set("PATH_INFO", [b"/x", &[byte][..]].concat());
        });
        assert_eq!(answer.status, "200 OK", "{byte}: {answer:?}");
    }
}

#[test]
fn fields_with_odd_names_are_refused_or_passed_on() {
    for (name, field) in [
        ("HTTP_X__NAME", Some("x--name")),
        ("HTTP_x", Some("x")),
        ("HTTP_~", Some("~")),
        ("HTTP_A B", None),
        ("HTTP_CAF\u{c9}", None),
        ("HTTP_A:", None),
    ] {
        let answer = answer(|e| e.set(name, "v"));
        match field {
            Some(field) => {
                let text = answer.text().into_owned();
                let line = format!("\n{field}: v");
                assert!(text.contains(&line), "{name}: {answer:?}");
            }
            None => assert!(is_refused(&answer), "{name}: {answer:?}"),
        }
    }
}

#[test]
fn a_field_may_have_any_bytes_but_control_characters() {
    for byte in 0..=255_u8 {
        let answer = answer(|e| e.set("HTTP_X", [b'a', byte, b'b']));
        let is_control = matches!(byte, 0..=8 | 10..=31 | 127);
        assert_eq!(
            is_refused(&answer),
            is_control,
            "{byte}: {answer:?}"
        );
        let right = [b'a', byte, b'b'].escape_ascii().to_string();
        let right = format!("\nx: {right}");
        let is_there = answer.text().contains(&right);
        assert_eq!(is_there, !is_control, "{byte}: {answer:?}");
    }
}

#[test]
fn a_variable_that_is_no_field_is_left_out() {
    let answer = answer(|environ| {
        environ.set("HTTP_", "v");
        environ.set("HTTP_CONTENT_LENGTH", "7");
        environ.set("HTTP_CONTENT_TYPE", "text/x-a");
        environ.set("CONTENT_LENGTH", "");
        environ.set("CONTENT_TYPE", "");
        environ.set("HTTPS", "on");
    });
    assert_eq!(answer.text(), "GET /a?b\nhost: localhost");
}

#[test]
fn a_length_that_is_none_is_no_panic() {
    for length in ["-1", "+5", "x", " 5", "99999999999999999999"] {
        let router =
            Router::new().fallback(any(async |body: String| body));
        let mut environ = post("/", b"Hello");
        environ.set("CONTENT_LENGTH", length);
        let answer = ask(router, environ);
        assert_eq!(answer.text(), "Hello", "{length}: {answer:?}");
    }
}

#[test]
fn a_client_without_a_port_has_an_address() {
    use axum::extract::ConnectInfo;
    use std::net::SocketAddr;
    for (address, port, right) in [
        ("10.0.0.1", Some("80"), "10.0.0.1:80"),
        ("::1", Some("80"), "[::1]:80"),
        ("10.0.0.1", None, "10.0.0.1:0"),
        ("10.0.0.1", Some("x"), "10.0.0.1:0"),
    ] {
        let page = async |ConnectInfo(client): ConnectInfo<
            SocketAddr,
        >| { client.to_string() };
        let mut environ = testing::environ("GET", "/");
        environ.remove("REMOTE_PORT");
        environ.set("REMOTE_ADDR", address);
        if let Some(port) = port {
            environ.set("REMOTE_PORT", port);
        }
        let answer = ask(Router::new().fallback(any(page)), environ);
        assert_eq!(answer.text(), right, "{answer:?}");
    }
}
