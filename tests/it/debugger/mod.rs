//! The page for a failure: who sees it, what is on it, and what can be
//! done with it.

mod attacks;
mod programs;
mod report;

use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Environ, Failure, Response, Result};
use gateway::{StartResponse, app};
use std::io::Cursor;

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// What is answered to who may not see a page.
const PLAIN: &str = "500 Internal Server Error\n";

/// A browser asks.
fn browser(target: &str) -> Environ {
    let mut environ = environ("GET", target);
    environ.set("HTTP_ACCEPT", "text/html,*/*;q=0.8");
    environ
}

/// A browser sends a body.
fn sends(target: &str, body: impl AsRef<[u8]>) -> Environ {
    let mut environ = browser(target);
    let body = body.as_ref().to_vec();
    environ.set("REQUEST_METHOD", "POST");
    environ.set("CONTENT_LENGTH", body.len().to_string());
    environ.input = Box::new(Cursor::new(body));
    environ
}

/// An application that fails with this.
fn fails(error: impl AsRef<str> + Send + Sync) -> impl Application {
    app(move |_: &mut Environ, _: StartResponse<'_>| {
        let error: Result<Response> = Err(error.as_ref().into());
        error
    })
}

fn failure(status: &str) -> Result<Response> {
    Err(Failure::new(status, "so it is").into())
}

#[track_caller]
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(start) else {
        panic!("no {start:?} in {text}")
    };
    let Some((found, _)) = rest.split_once(end) else {
        panic!("no {end:?} after {start:?} in {text}")
    };
    found
}

/// The path of the page that the log names, and its token.
#[track_caller]
fn address(answer: &Answer) -> (String, String) {
    let path = between(&answer.log, ", see http://localhost", "\n");
    let path = path.trim_start_matches(":80");
    let token = between(path, "/_debugger/", "/");
    (path.to_string(), token.to_string())
}

/// Text that stands in HTML.
fn unescaped(html: &str) -> String {
    let text = html.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

/// A page's form: where it goes, and its two fields.
#[track_caller]
fn form(page: &str) -> [String; 3] {
    let path = between(page, "<form method=\"post\" action=\"", "\"");
    let last = between(page, "name=\"last\" value=\"", "\"");
    let (_, request) = page.split_once("<textarea ").unwrap();
    let request = between(request, ">\n", "</textarea>");
    [path, last, request].map(unescaped)
}

/// What a browser sends for that form.
fn submitted(form: &[String; 3]) -> Environ {
    let [path, last, request] = form;
    let [last, request] =
        [last, request].map(|text| text.replace('\n', "\r\n"));
    let part = |name: &str, value: &str| {
        format!(
            "--X\r\nContent-Disposition: form-data; name=\"{name}\"\
             \r\n\r\n{value}\r\n"
        )
    };
    let body = part("last", &last) + &part("request", &request);
    multipart(path, body + "--X--\r\n")
}

fn multipart(path: &str, body: impl AsRef<[u8]>) -> Environ {
    let mut environ = sends(path, body);
    let kind = "multipart/form-data; boundary=X";
    environ.set("CONTENT_TYPE", kind);
    environ.set("HTTP_ORIGIN", "http://localhost");
    environ
}

/// A page without its form.
fn formless(page: &str) -> String {
    let (before, form) = page.split_once("<form").unwrap();
    let (_, after) = form.split_once("</form>").unwrap();
    [before, after].concat()
}

/// Presses *Try again* on a page.
#[track_caller]
fn again(app: &impl Application, page: &Answer) -> Answer {
    let answer = ask(app, submitted(&form(&page.text())));
    assert_eq!(answer.status, "200 OK", "{}", answer.log);
    answer
}
