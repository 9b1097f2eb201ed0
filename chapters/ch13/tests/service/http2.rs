//! HTTP/2, of which the client has prior knowledge.

use crate::seen::{show, variables};
use crate::servers::Hyper;
use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use gateway::{Environ, Response, Result, StartResponse};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Sends a request, its body in two frames, if it has one.
fn ask(
    address: SocketAddr,
    request: Request<()>,
    body: &'static [&'static str],
) -> (StatusCode, String) {
    let runtime = Runtime::new().expect("threads");
    let answer = runtime.block_on(async {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) =
            h2::client::handshake(stream).await?;
        tokio::spawn(connection);
        let mut sender = sender.ready().await?;
        let is_empty = body.is_empty();
        let (answer, mut to) =
            sender.send_request(request, is_empty)?;
        for (at, part) in body.iter().enumerate() {
            let is_last = at + 1 == body.len();
            to.send_data(Bytes::from_static(part.as_bytes()), is_last)?;
        }
        let answer = answer.await?;
        let (head, mut body) = answer.into_parts();
        let mut text = String::new();
        while let Some(data) = body.data().await {
            let data = data?;
            text += &String::from_utf8_lossy(&data);
            body.flow_control().release_capacity(data.len())?;
        }
        Ok::<_, Box<dyn std::error::Error>>((head.status, text))
    });
    answer.expect("an answer")
}

#[test]
fn the_authority_is_the_host() {
    let server = Hyper::of(show);
    let request = Request::get("http://a.example:81/x%2Fy?q=1")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .header("x-name", "value")
        .body(())
        .expect("a request");
    let (status, page) = ask(server.address, request, &[]);
    assert_eq!(status, 200);
    let seen = variables(&page);
    assert_eq!(seen["SERVER_PROTOCOL"], "HTTP/2.0");
    assert_eq!(seen["HTTP_HOST"], "a.example:81");
    assert_eq!(seen["SERVER_NAME"], "a.example");
    assert_eq!(seen["SERVER_PORT"], "81");
    assert_eq!(seen["HTTP_COOKIE"], "a=1; b=2");
    assert_eq!(seen["HTTP_X_NAME"], "value");
    assert_eq!(seen["PATH_INFO"], "/x/y");
    assert_eq!(seen["REQUEST_URI"], "/x%2Fy?q=1");
    assert_eq!(seen["REMOTE_ADDR"], "127.0.0.1");
    assert!(!seen.contains_key("CONTENT_LENGTH"));
}

/// RFC 9113, section 8.3.1.
#[test]
fn the_authority_stands_above_a_host_field() {
    let server = Hyper::of(show);
    let request = Request::get("http://a.example/")
        .header("host", "b.example")
        .body(())
        .expect("a request");
    let (_, page) = ask(server.address, request, &[]);
    assert_eq!(variables(&page)["HTTP_HOST"], "a.example");
}

fn echo(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(body))
}

#[test]
fn a_body_needs_no_length() {
    let server = Hyper::of(echo);
    for length in [None, Some("8")] {
        let mut request = Request::post("http://a.example/");
        if let Some(length) = length {
            request = request.header("content-length", length);
        }
        let request = request.body(()).expect("a request");
        let body = &["Half", "Half"];
        let (status, text) = ask(server.address, request, body);
        assert_eq!((status.as_u16(), &*text), (200, "HalfHalf"));
    }
}

#[test]
fn head_and_no_content() {
    let server = Hyper::of(crate::answers::many);
    for (method, path, status) in [
        ("HEAD", "/hello", 200),
        ("HEAD", "/pieces", 200),
        ("GET", "/nothing", 204),
        ("GET", "/same", 304),
        ("GET", "/reset", 205),
        ("GET", "/empty", 200),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://a.example{path}"))
            .body(())
            .expect("a request");
        let (found, text) = ask(server.address, request, &[]);
        assert_eq!((found.as_u16(), &*text), (status, ""), "{path}");
    }
}
