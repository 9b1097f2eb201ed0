//! One application, on gateway::http and under hyper: the same
//! answers.

use crate::answers::many;
use crate::client::{Answer, ask};
use crate::servers::{Hyper, Ours};
use gateway::{Environ, Response, Result, StartResponse};

/// Headers that are a server's own.
const OWN: [(&str, &str); 4] = [
    ("connection", "hyper says only what is not the default"),
    ("date", "that of the moment"),
    ("server", "axum::serve has no name"),
    ("transfer-encoding", "bodies are compared, and not chunks"),
];

/// Variables that differ.
const VARIABLES: [(&str, &str); 3] = [
    ("REMOTE_PORT", "each connection has another"),
    ("SERVER_NAME", "hyper does not tell at which address it listens"),
    ("SERVER_PORT", "nor at which port"),
];

/// Requests that are answered otherwise: with which status by hyper,
/// and why.
const OTHERWISE: [(&str, &str, u16, &str); 4] = [
    ("GET /same", "", 304, "no Content-Length, which may be left out"),
    ("POST /body", "Content-Length: -1\r\n", 400, "no page"),
    (
        "POST /body",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        200,
        "two that are alike may be taken for one",
    ),
    (
        "POST /body",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        200,
        "the chunks may count",
    ),
];

/// `/body` answers with the request's body, all else as `many`.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    if environ.bytes("PATH_INFO") != Some(b"/body") {
        return many(environ, start_response);
    }
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(body))
}

/// What of an answer should be the same.
fn shared(mut answer: Answer) -> (u16, Vec<(String, String)>, String) {
    let is_own = |name: &str| OWN.iter().any(|(own, _)| *own == name);
    answer.headers.retain(|(name, _)| !is_own(name));
    let text = answer.text();
    if !text.contains("REMOTE_PORT=") {
        return (answer.status, answer.headers, text);
    }
    // A page with all variables is as long as they are.
    answer.headers.retain(|(name, _)| name != "content-length");
    let is_shared = |line: &&str| {
        let name = line.split('=').next();
        VARIABLES.iter().all(|(other, _)| name != Some(other))
    };
    let lines: Vec<_> = text.lines().filter(is_shared).collect();
    (answer.status, answer.headers, lines.join("\n"))
}

/// Requests without a field but Host.
const PLAIN: &[&str] = &[
    "GET /",
    "GET /?",
    "GET /x?y=z&y=%20+",
    "GET /caf%C3%A9/%2F/%FF",
    "GET //double//slash/",
    "GET /a/../b/./c",
    "GET /%2e%2e/x",
    "GET /x;y=z",
    "GET /x?a?b/c",
    "GET http://a.example:81/absolute?q",
    "GET http://a.example",
    "GET http://a.example?q",
    "OPTIONS *",
    "OPTIONS /x",
    "DELETE /x",
    "BREW /x",
    "get /x",
    "HEAD /hello",
    "HEAD /long",
    "HEAD /pieces",
    "HEAD /declared",
    "HEAD /nothing",
    "HEAD /fails",
    "HEAD /write",
    "POST /hello",
    "GET /hello",
    "GET /empty",
    "GET /pieces",
    "GET /sized",
    "GET /declared",
    "GET /long",
    "GET /nothing",
    "GET /reset",
    "GET /away",
    "GET /cookies",
    "GET /big-head",
    "GET /latin",
    "GET /odd",
    "GET /write",
    "GET /restart",
    "GET /fails",
    "GET /refuses",
    "GET /panics",
    "GET /body-fails",
    "GET /date",
];

/// With fields, and some with a body.
const MORE: &[(&str, &str, &str)] = &[
    ("GET /", "X-Twice: a\r\nx-twice: b\r\n", ""),
    ("GET /", "Cookie: a=1\r\nCookie: b=2\r\n", ""),
    ("GET /", "X_Underscore: a\r\nProxy: b\r\nX-Empty:\r\n", ""),
    ("GET /", "X-Latin: Ren\u{e9}e\r\nX-Spaces:   a  b  \r\n", ""),
    ("GET /", "Connection: close\r\n", ""),
    ("GET /", "Connection: keep-alive, X-Hop\r\nX-Hop: a\r\n", ""),
    ("GET /", "Authorization: Basic eDp5\r\n", ""),
    ("GET /", "Host: second.example\r\n", ""),
    ("GET /", "Content-Type: text/plain\r\n", ""),
    ("POST /", "Content-Length: 3\r\nContent-Type: a/b\r\n", "abc"),
    ("POST /body", "Content-Length: 3\r\n", "abc"),
    ("POST /body", "Content-Length: 0\r\n", ""),
    ("GET /body", "Content-Length: 3\r\n", "abc"),
    ("POST /", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    (
        "POST /body",
        "Transfer-Encoding: chunked\r\n",
        "3\r\nabc\r\n0\r\n\r\n",
    ),
    ("POST /body", "Transfer-Encoding: chunked\r\n", "z\r\n"),
];

fn request(line: &str, fields: &str, body: &str) -> String {
    let start = format!("{line} HTTP/1.1\r\nHost: example.org\r\n");
    format!("{start}{fields}\r\n{body}")
}

#[test]
fn answers_are_the_same() {
    let (ours, hyper) = (Ours::of(application), Hyper::of(application));
    let mut requests: Vec<String> =
        PLAIN.iter().map(|line| request(line, "", "")).collect();
    requests.extend(MORE.iter().map(|(l, f, b)| request(l, f, b)));
    for line in ["GET /", "GET /pieces", "GET /write"] {
        requests.push(format!("{line} HTTP/1.0\r\n\r\n"));
    }
    let mut differences = String::new();
    for request in requests {
        let ours = shared(ask(ours.address, &request));
        let hyper = shared(ask(hyper.address, &request));
        if ours != hyper {
            differences +=
                &format!("{request:?}\n{ours:?}\n{hyper:?}\n\n");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn hyper_answers_otherwise() {
    let (ours, hyper) = (Ours::of(application), Hyper::of(application));
    for (line, fields, status, why) in OTHERWISE {
        let request = request(line, fields, "0\r\n\r\n");
        let ours = shared(ask(ours.address, &request));
        let hyper = shared(ask(hyper.address, &request));
        assert_eq!(hyper.0, status, "{why}");
        assert_ne!(hyper, ours, "the same by now: {why}");
    }
}
