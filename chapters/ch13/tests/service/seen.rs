//! What an application sees of a request.

use crate::client::{ask, get};
use crate::servers::Hyper;
use gateway::{Environ, Response, Result, StartResponse};
use std::collections::BTreeMap;

/// Answers with the variables, one a line.
pub fn show(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut page = String::new();
    for (name, value) in environ.variables() {
        page += &format!("{name}={}\n", value.escape_ascii());
    }
    page += &format!("scheme={}\n", environ.url_scheme);
    page += &format!("multithread={}\n", environ.multithread);
    page += &format!("multiprocess={}\n", environ.multiprocess);
    page += &format!("run_once={}\n", environ.run_once);
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(page))
}

/// What `show` has shown.
pub fn variables(page: &str) -> BTreeMap<&str, &str> {
    page.lines().filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn the_ends_of_the_connection() {
    let server = Hyper::of(show);
    let page = get(server.address, "/").text();
    let seen = variables(&page);
    assert_eq!(seen["REMOTE_ADDR"], "127.0.0.1");
    assert_ne!(seen["REMOTE_PORT"].parse::<u16>().expect("one"), 0);
    assert_eq!(seen["SERVER_NAME"], "example.org");
    assert_eq!(seen["SERVER_PORT"], "80");
    assert_eq!(seen["scheme"], "http");
}

#[test]
fn name_and_port_are_those_of_the_host_field() {
    let server = Hyper::of(show);
    let cases = [
        ("a.example:8080", "a.example", "8080"),
        ("[::1]:81", "[::1]", "81"),
        ("[::1]", "[::1]", "80"),
        ("192.0.2.1", "192.0.2.1", "80"),
        ("a.example:", "a.example", "80"),
        ("", "localhost", "80"),
    ];
    for (host, name, port) in cases {
        let page = ask(
            server.address,
            &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        );
        let page = page.text();
        let seen = variables(&page);
        let found = (seen["SERVER_NAME"], seen["SERVER_PORT"]);
        assert_eq!(found, (name, port), "{host}");
        assert_eq!(seen["HTTP_HOST"], host);
    }
}

#[test]
fn a_wrong_host_is_refused() {
    let server = Hyper::of(show);
    for host in ["a b", "user@a", "a/b", "[::1", "a:b", "a\"b"] {
        let answer = ask(
            server.address,
            &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        );
        assert_eq!(answer.status, 400, "{host}");
    }
    let two = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    assert_eq!(ask(server.address, two).status, 400);
    let none = "GET / HTTP/1.1\r\n\r\n";
    assert_eq!(ask(server.address, none).status, 400);
    let old = ask(server.address, "GET / HTTP/1.0\r\n\r\n");
    assert_eq!(old.status, 200);
    assert_eq!(variables(&old.text())["SERVER_PROTOCOL"], "HTTP/1.0");
}

/// RFC 9112, section 3.2.2.
#[test]
fn the_targets_host_stands_above_the_field() {
    let server = Hyper::of(show);
    let page = ask(
        server.address,
        "GET http://a.example:81/x?y HTTP/1.1\r\n\
         Host: b.example\r\n\r\n",
    );
    let page = page.text();
    let seen = variables(&page);
    assert_eq!(seen["HTTP_HOST"], "a.example:81");
    assert_eq!(seen["SERVER_NAME"], "a.example");
    assert_eq!(seen["PATH_INFO"], "/x");
    assert_eq!(seen["REQUEST_URI"], "/x?y");
}

#[test]
fn big_heads() {
    let server = Hyper::of(show);
    let long = "v".repeat(12_000);
    let mut head =
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n");
    for n in 0..90 {
        head += &format!("X-Field-{n}: value {n}\r\n");
    }
    let answer = ask(server.address, &format!("{head}\r\n"));
    assert_eq!(answer.status, 200);
    let page = answer.text();
    let seen = variables(&page);
    assert_eq!(seen["HTTP_X_LONG"], long);
    assert_eq!(seen["HTTP_X_FIELD_89"], "value 89");
    for n in 90..200 {
        head += &format!("X-Field-{n}: value {n}\r\n");
    }
    let answer = ask(server.address, &format!("{head}\r\n"));
    assert_eq!(answer.status, 431);
}
