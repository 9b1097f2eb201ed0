//! The environ (PEP 3333, "environ Variables").

use crate::{app, quiet, valid, value};
use gateway::testing::environ;

const CODE: &str = include_str!("../python/environ.py");

#[test]
fn it_is_a_dict_of_native_strings() {
    for (expression, expected) in [
        ("type(environ) is dict", "True"),
        ("[k for k in environ if type(k) is not str]", "[]"),
        (
            "[k for k, v in environ.items() \
             if k.isupper() and type(v) is not str]",
            "[]",
        ),
    ] {
        let found = value(environ("GET", "/a?b=c"), expression);
        assert_eq!(found, expected, "{expression}");
    }
}

#[test]
fn every_key_of_the_pep_is_there() {
    for (key, expected) in [
        ("REQUEST_METHOD", "'GET'"),
        ("SCRIPT_NAME", "''"),
        ("PATH_INFO", "'/a b'"),
        ("QUERY_STRING", "'c=%20+d'"),
        ("SERVER_NAME", "'localhost'"),
        ("SERVER_PORT", "'80'"),
        ("SERVER_PROTOCOL", "'HTTP/1.1'"),
        ("HTTP_HOST", "'localhost'"),
        ("wsgi.version", "(1, 0)"),
        ("wsgi.url_scheme", "'https'"),
        ("wsgi.multithread", "True"),
        ("wsgi.multiprocess", "False"),
        ("wsgi.run_once", "True"),
        ("wsgi.input_terminated", "True"),
    ] {
        let mut environ = environ("GET", "/a%20b?c=%20+d");
        environ.url_scheme = "https";
        environ.multithread = true;
        environ.run_once = true;
        let found = value(environ, &format!("environ[{key:?}]"));
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn what_nobody_sent_is_absent() {
    for name in ["CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_USER"] {
        let found = format!("environ.get({name:?})");
        assert_eq!(value(environ("GET", "/"), &found), "None");
    }
}

#[test]
fn each_character_stands_for_a_byte() {
    let mut environ = environ("GET", "/caf%C3%A9%FF%00?%C3%A9");
    environ.set("HTTP_X_ODD", (0..=255).collect::<Vec<u8>>());
    let same = "environ['HTTP_X_ODD'].encode('latin-1') \
                == bytes(range(256)), \
                environ['PATH_INFO'], environ['QUERY_STRING']";
    let expected = r"(True, '/caf\xc3\xa9\xff\x00', '%C3%A9')";
    assert_eq!(value(environ, same), expected);
}

#[test]
fn of_what_was_set_twice_the_last_counts() {
    let mut environ = environ("GET", "/");
    environ.set("REMOTE_USER", "Ada");
    environ.set("REMOTE_USER", "Grace");
    let found = value(environ, "environ['REMOTE_USER']");
    assert_eq!(found, "'Grace'");
}

#[test]
fn the_application_may_do_with_it_what_it_likes() {
    let app = valid(CODE, "emptied");
    for _ in 0..2 {
        let answer = quiet(&app, environ("GET", "/"));
        assert_eq!(answer.text(), "nothing is left");
    }
}

#[test]
fn each_request_has_one_of_its_own() {
    let app = app(CODE, "counted");
    for _ in 0..3 {
        let answer = quiet(&app, environ("GET", "/"));
        assert_eq!(answer.text(), "1");
    }
}

/// wsgiref's own description of a request, from nothing but the environ.
#[test]
fn a_url_can_be_made_again() {
    let app = valid(CODE, "url");
    let answer = quiet(&app, environ("GET", "/caf%C3%A9;x?a=%2F"));
    let url = "http://localhost/caf%C3%A9;x?a=%2F";
    assert_eq!(answer.text(), url);
}

#[test]
fn all_that_is_done_with_a_call_is_two_arguments() {
    let app = app(CODE, "Arguments");
    let answer = quiet(&app, environ("GET", "/"));
    assert_eq!(answer.text(), "2 and {}");
}
