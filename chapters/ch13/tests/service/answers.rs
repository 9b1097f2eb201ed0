//! Answers of every kind.

use crate::client::{Answer, ask, ask_on, connect};
use crate::servers::Hyper;
use gateway::{
    Body, Environ, Failure, Response, Result, StartResponse,
};
use std::io::Write;

const TEXT: (&str, &str) = ("Content-Type", "text/plain");

/// Many applications in one.
pub fn many(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let path = path.into_owned();
    let ok = "200 OK";
    Ok(match &*path {
        "/hello" => start_response(ok, &[TEXT])?.body("Hello"),
        "/empty" => start_response(ok, &[])?.body(""),
        "/pieces" => start_response(ok, &[TEXT])?.body(blocks()),
        "/sized" => {
            let sized = Body::sized(9, blocks());
            start_response(ok, &[TEXT])?.body(sized)
        }
        "/declared" => {
            let headers = [TEXT, ("Content-Length", "9")];
            start_response(ok, &headers)?.body(blocks())
        }
        "/long" => {
            start_response(ok, &[TEXT])?.body(vec![b'x'; 300_000])
        }
        "/nothing" => start_response("204 No Content", &[])?.body(""),
        "/reset" => start_response("205 Reset Content", &[])?.body(""),
        "/same" => {
            let headers = [("ETag", "\"1\""), ("Content-Length", "77")];
            start_response("304 Not Modified", &headers)?.body("")
        }
        "/away" => {
            let to = [TEXT, ("Location", "/hello")];
            start_response("303 See Other", &to)?.body("There")
        }
        "/cookies" => {
            let cookies = ["a=1", "b=2", "c=3"];
            let cookies = cookies.map(|c| ("Set-Cookie", c));
            start_response(ok, &[&[TEXT], &cookies[..]].concat())?
                .body("Three")
        }
        "/big-head" => {
            let long = "v".repeat(20_000);
            let headers = [TEXT, ("X-Long", &*long)];
            start_response(ok, &headers)?.body("Long")
        }
        "/latin" => {
            let headers = [TEXT, ("X-Name", "Ren\u{e9}e")];
            start_response(ok, &headers)?.body("R")
        }
        "/odd" => start_response("299 Odd", &[TEXT])?.body("Odd"),
        "/write" => {
            let mut started = start_response(ok, &[TEXT])?;
            write!(started, "first, ")?;
            started.write_all(b"second, ")?;
            started.body("third")
        }
        "/restart" => {
            let started = start_response(ok, &[TEXT])?;
            let why = "another head";
            let status = "410 Gone";
            started.restart(status, &[TEXT], why)?.body("Gone")
        }
        "/late-restart" => {
            let mut started = start_response(ok, &[TEXT])?;
            write!(started, "too late")?;
            started.restart("410 Gone", &[TEXT], "late")?.body("Gone")
        }
        "/fails" => Err("no answer")?,
        "/refuses" => Err(Failure::new("418 I'm a teapot", "a pot"))?,
        "/panics" => panic!("as it was told to"),
        "/body-fails" => {
            let blocks = [Err("none at all".into())];
            start_response(ok, &[TEXT])?.body(Body::blocks(blocks))
        }
        "/date" => {
            let date = "Thu, 01 Jan 1970 00:00:00 GMT";
            start_response(ok, &[TEXT, ("Date", date)])?.body("Old")
        }
        _ => crate::seen::show(environ, start_response)?,
    })
}

fn blocks() -> Body {
    let blocks = ["one", "", "two", "six"];
    Body::blocks(blocks.map(|text| Ok(text.as_bytes().into())))
}

fn request(method: &str, path: &str) -> Answer {
    let server = Hyper::of(many);
    ask(
        server.address,
        &format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n"),
    )
}

fn get(path: &str) -> Answer {
    request("GET", path)
}

#[test]
fn bodies() {
    assert_eq!(get("/hello").text(), "Hello");
    assert_eq!(get("/hello").all("content-length"), ["5"]);
    assert_eq!(get("/empty").all("content-length"), ["0"]);
    assert_eq!(get("/pieces").text(), "onetwosix");
    assert_eq!(get("/pieces").all("transfer-encoding"), ["chunked"]);
    assert_eq!(get("/sized").all("content-length"), ["9"]);
    assert_eq!(get("/sized").text(), "onetwosix");
    assert_eq!(get("/declared").text(), "onetwosix");
    assert_eq!(get("/long").body, vec![b'x'; 300_000]);
    assert_eq!(get("/write").text(), "first, second, third");
}

#[test]
fn head() {
    let server = Hyper::of(many);
    let mut stream = connect(server.address);
    // On one connection, where a body would be read as a head.
    for path in ["/hello", "/sized", "/declared", "/pieces", "/long"] {
        let head = format!("HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = ask_on(&mut stream, head.as_bytes());
        let length = match path {
            "/hello" => vec!["5"],
            "/pieces" => vec![],
            "/long" => vec!["300000"],
            _ => vec!["9"],
        };
        assert_eq!(answer.status, 200);
        assert_eq!(answer.all("content-length"), length, "{path}");
    }
}

#[test]
fn statuses_without_a_body() {
    let server = Hyper::of(many);
    let mut stream = connect(server.address);
    for (path, status, length) in [
        ("/nothing", 204, vec![]),
        // hyper leaves it out, as it may.
        ("/same", 304, vec![]),
        ("/reset", 205, vec!["0"]),
        ("/hello", 200, vec!["5"]),
    ] {
        let get = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = ask_on(&mut stream, get.as_bytes());
        assert_eq!(answer.status, status);
        assert_eq!(answer.all("content-length"), length, "{path}");
        assert_eq!(answer.all("transfer-encoding"), [""; 0]);
    }
}

#[test]
fn heads() {
    let cookies = get("/cookies");
    assert_eq!(cookies.all("set-cookie"), ["a=1", "b=2", "c=3"]);
    assert_eq!(get("/big-head").all("x-long"), ["v".repeat(20_000)]);
    assert_eq!(get("/latin").all("x-name"), ["Ren\u{e9}e"]);
    assert_eq!(get("/odd").status, 299);
    assert_eq!(get("/away").all("location"), ["/hello"]);
    let date = get("/date");
    assert_eq!(date.all("date"), ["Thu, 01 Jan 1970 00:00:00 GMT"]);
    assert_eq!(get("/hello").all("date").len(), 1);
}

#[test]
fn errors() {
    assert_eq!(get("/restart").status, 410);
    assert_eq!(get("/restart").text(), "Gone");
    assert_eq!(get("/fails").status, 500);
    assert_eq!(get("/panics").status, 500);
    assert_eq!(get("/body-fails").status, 500);
    assert_eq!(get("/refuses").status, 418);
}

#[test]
fn old_clients_see_the_end_by_the_connections() {
    let server = Hyper::of(many);
    for (path, body) in [("/hello", "Hello"), ("/pieces", "onetwosix")]
    {
        let get = format!("GET {path} HTTP/1.0\r\n\r\n");
        let answer = ask(server.address, &get);
        assert_eq!(answer.text(), body);
        assert_eq!(answer.all("transfer-encoding"), [""; 0]);
    }
    let keep = "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let mut stream = connect(server.address);
    for _ in 0..3 {
        let answer = ask_on(&mut stream, keep.as_bytes());
        assert_eq!(answer.text(), "Hello");
    }
}
