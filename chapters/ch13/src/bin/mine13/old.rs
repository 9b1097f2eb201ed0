//! An application of ours as a page of axum, the other way around.

use crate::chapter13;
use crate::mine::piece;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use gateway::exchange::{self, Protocol};
use gateway::{Environ, Failure, Result, StartResponse};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What an exchange writes, as axum's response.
pub async fn old(request: Request) -> Result<Response, StatusCode> {
    let mut environ = Environ::new();
    let path = percent_decode_str(request.uri().path());
    environ.set("REQUEST_METHOD", request.method().as_str());
    environ.set("PATH_INFO", Cow::from(path));
    let mut written = Vec::new();
    let protocol = Protocol::Cgi;
    exchange::run(&page, &mut environ, protocol, &mut written);
    let found = piece!(chapter13::head)(&written);
    let nothing = StatusCode::INTERNAL_SERVER_ERROR;
    let ((code, headers), body) = found.ok_or(nothing)?;
    let mut answer = Response::builder().status(code);
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    let body = Body::from(body.to_vec());
    answer.body(body).map_err(|_| nothing)
}

fn page(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<gateway::Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    if path != "/old" {
        let reason = format!("no page is at {path}");
        Err(Failure::new("404 Not Found", reason))?;
    }
    let headers = [
        ("Content-Type", "text/plain"),
        ("Set-Cookie", "milk=no"),
        ("Set-Cookie", "sugar=1"),
    ];
    let page = "An application, in axum, in an application\n";
    Ok(start_response("200 OK", &headers)?.body(page))
}
