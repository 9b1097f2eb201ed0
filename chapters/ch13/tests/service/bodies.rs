//! Bodies of requests.

use crate::client::{ask, ask_on, connect, read};
use crate::servers::Hyper;
use gateway::{Environ, Response, Result, StartResponse};
use std::io::{Read, Write};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Answers with the length that was told, and what came.
fn echo(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let length = environ.get("CONTENT_LENGTH");
    let length = length.map_or("none".into(), |l| l.into_owned());
    let mut body = String::new();
    if environ.bytes("PATH_INFO") != Some(b"/unread") {
        environ.input.read_to_string(&mut body)?;
    }
    let page = format!("{length}: {body}");
    Ok(start_response("200 OK", &TEXT)?.body(page))
}

fn post(framing: &str, body: &str) -> String {
    let start = "POST / HTTP/1.1\r\nHost: a\r\n";
    format!("{start}{framing}\r\n\r\n{body}")
}

#[test]
fn sized_and_chunked() {
    let server = Hyper::of(echo);
    let ask = |framing, body| ask(server.address, &post(framing, body));
    assert_eq!(ask("Content-Length: 5", "Hello").text(), "5: Hello");
    assert_eq!(ask("Content-Length: 0", "").text(), "0: ");
    let chunks = "2\r\nHe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n";
    let answer = ask("Transfer-Encoding: chunked", chunks);
    assert_eq!(answer.text(), "none: Hello");
    // hyper goes by the chunks (RFC 9112, section 6.3).
    let both = "Transfer-Encoding: chunked\r\nContent-Length: 5";
    assert_eq!(ask(both, "1\r\nx\r\n0\r\n\r\n").text(), "none: x");
    let two = "Content-Length: 5\r\nContent-Length: 6";
    assert_eq!(ask(two, "Hello!").status, 400);
}

#[test]
fn a_chunk_that_is_none_is_an_error_for_the_application() {
    let server = Hyper::of(echo);
    let request =
        post("Transfer-Encoding: chunked", "2\r\nHe\r\nzz\r\n");
    let answer = ask(server.address, &request);
    assert_eq!(answer.status, 400);
}

#[test]
fn who_waits_for_100_gets_it_when_the_body_is_read() {
    let server = Hyper::of(echo);
    let mut stream = connect(server.address);
    let wait = "Content-Length: 5\r\nExpect: 100-continue";
    let go_on = ask_on(&mut stream, post(wait, "").as_bytes());
    assert_eq!(go_on.status, 100);
    let answer = ask_on(&mut stream, b"Hello");
    assert_eq!(answer.text(), "5: Hello");
    let unread = post(wait, "").replace("POST / ", "POST /unread ");
    let answer = ask(server.address, &unread);
    assert_eq!((answer.status, &*answer.text()), (200, "5: "));
}

#[test]
fn after_an_unread_body_no_byte_of_it_is_a_request() {
    let server = Hyper::of(echo);
    let mut stream = connect(server.address);
    let body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let length = format!("Content-Length: {}", body.len());
    let first = post(&length, body).replace("POST / ", "POST /unread ");
    let answer = ask_on(&mut stream, first.as_bytes());
    assert_eq!(answer.text(), format!("{}: ", body.len()));
    // Either is legal; a third is not.
    let next = post("Content-Length: 4", "next");
    let _ = stream.get_mut().write_all(next.as_bytes());
    match read(&mut stream, false) {
        Ok(answer) => assert_eq!(answer.text(), "4: next"),
        Err(_) => assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0),
    }
}

#[test]
fn many_requests_on_one_connection() {
    let server = Hyper::of(echo);
    let mut stream = connect(server.address);
    for n in 0..50 {
        let body = "x".repeat(n * 1000);
        let request =
            post(&format!("Content-Length: {}", n * 1000), &body);
        let answer = ask_on(&mut stream, request.as_bytes());
        assert_eq!(answer.text(), format!("{}: {body}", n * 1000));
    }
}
