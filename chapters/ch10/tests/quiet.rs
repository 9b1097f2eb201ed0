//! Our answers to the exercises, between two validators.

#[path = "../solutions/error_pages.rs"]
mod error_pages;
#[path = "../solutions/logged.rs"]
mod logged;
#[path = "../solutions/overridden.rs"]
mod overridden;

use error_pages::error_pages;
use gateway::{
    Application, Body, Environ, Response, Result, StartResponse,
    middleware, testing,
};
use logged::logged;
use overridden::overridden;
use std::io::{Read, Write};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Answers in many ways.
fn site(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let blocks = [Ok(b"a".into()), Ok(b"b".into())];
    let (started, body) = match &*path {
        "/fails" => return Err("on purpose".into()),
        "/empty" => (start_response("404 Not Found", &[])?, "".into()),
        "/again" => {
            let started = start_response("200 OK", &TEXT)?;
            let started = started.restart("503 Later", &TEXT, "")?;
            (started, "".into())
        }
        "/written" => {
            let mut started = start_response("200 OK", &TEXT)?;
            started.write_all(b"a")?;
            (started, Body::blocks(blocks))
        }
        "/blocks" => {
            let started = start_response("200 OK", &TEXT)?;
            (started, Body::blocks(blocks))
        }
        "/cut" => {
            let cut = [Ok(b"a".into()), Err("on purpose".into())];
            let started = start_response("200 OK", &TEXT)?;
            (started, Body::blocks(cut))
        }
        _ => {
            let mut body = Vec::new();
            environ.input.read_to_end(&mut body)?;
            (start_response("200 OK", &TEXT)?, body.into())
        }
    };
    Ok(started.body(body))
}

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

#[test]
fn the_validator_is_quiet_about_our_answers() {
    for answer in [error_pages as Answer, logged, overridden] {
        let app = middleware::validate_middleware(site, |inner| {
            answer(Box::new(inner))
        });
        for path in [
            "/", "/fails", "/empty", "/again", "/written", "/blocks",
            "/cut",
        ] {
            for method in ["GET", "HEAD", "POST"] {
                let mut environ = testing::environ(method, path);
                if method == "POST" {
                    let kind = "application/x-www-form-urlencoded";
                    environ.set("CONTENT_TYPE", kind);
                    environ.set("CONTENT_LENGTH", "14");
                    environ.input = Box::new(&b"_method=DELETE"[..]);
                }
                let log = testing::ask(&app, environ).log;
                let mut lines = log.lines();
                let found = lines.find(|l| l.contains(": the "));
                assert_eq!(found, None, "{method} {path}");
            }
        }
    }
}
