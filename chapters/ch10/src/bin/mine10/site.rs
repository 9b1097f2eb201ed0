//! The guest book, and a page for each of the exercises.

use crate::chapter10;
use crate::mine::piece;
use gateway::{
    Application, Body, Environ, Response, Result, StartResponse,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

pub fn application() -> impl Application + Send + Sync {
    let guest_book = ch06::application();
    let note = Mutex::new(String::new());
    move |environ: &mut Environ, start: StartResponse<'_>| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match path.strip_prefix("/mine") {
            None => guest_book.call(environ, start),
            Some("" | "/") => page(LINKS.into(), environ, start),
            Some("/long") => page(long(), environ, start),
            Some("/cut") => cut(start),
            Some("/note") => keep(&note, environ, start),
            Some(_) => Ok(start("404 Not Found", &[])?.body("")),
        }
    }
}

const LINKS: &str = "<!doctype html>
<title>Mine</title>
<h1>Functions around functions</h1>
<ul>
<li><a href=/mine/long>10.1, 10.2: a page that is sent once, in gzip</a>
<li><a href=/mine/cut>10.5: a page that is cut, as the log says</a>
<li><a href=/mine/note>10.4: a note, with PUT and DELETE</a>
<li><a href=/mine/nothing>10.3: nothing</a>
</ul>
";

const HTML: (&str, &str) = ("Content-Type", "text/html; charset=utf-8");

/// A page with an ETag; 10.2 says if the visitor has it already.
fn page(
    page: String,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut hasher = DefaultHasher::new();
    page.hash(&mut hasher);
    let etag = format!("\"{:016x}\"", hasher.finish());
    let theirs = environ.get("HTTP_IF_NONE_MATCH");
    let matches = piece!(chapter10::matches);
    if theirs.is_some_and(|theirs| matches(&theirs, &etag)) {
        let headers = [("ETag", &*etag)];
        let started = start_response("304 Not Modified", &headers)?;
        return Ok(started.body(""));
    }
    let headers = [HTML, ("ETag", &*etag)];
    Ok(start_response("200 OK", &headers)?.body(page))
}

fn long() -> String {
    let mut page = "<!doctype html>\n<title>Tea</title>\n".to_string();
    for n in 1..=1000 {
        page += &format!("<p>That is cup of tea number {n}.\n");
    }
    page
}

fn cut(start_response: StartResponse) -> Result<Response> {
    let tea = "<!doctype html>\n<title>Tea</title>\n<p>Have some ";
    let blocks = [Ok(tea.as_bytes().into()), Err("no tea".into())];
    let started = start_response("200 OK", &[HTML])?;
    Ok(started.body(Body::blocks(blocks)))
}

/// A note, for which its forms cannot ask by GET and POST alone.
fn keep(
    note: &Mutex<String>,
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let text = match environ.bytes("REQUEST_METHOD") {
        Some(b"GET" | b"HEAD") => {
            let note = note.lock();
            let note = note.unwrap_or_else(PoisonError::into_inner);
            let escaped =
                note.replace('&', "&amp;").replace('<', "&lt;");
            let page = FORMS.replace("NOTE", &escaped);
            return self::page(page, environ, start_response);
        }
        Some(b"PUT") => {
            let form = environ.form(16 * 1024)?;
            form.get("note").unwrap_or_default().to_string()
        }
        Some(b"DELETE") => String::new(),
        _ => {
            let allow = [("Allow", "GET, HEAD, PUT, DELETE")];
            let status = "405 Method Not Allowed";
            return Ok(start_response(status, &allow)?.body(""));
        }
    };
    *note.lock().unwrap_or_else(PoisonError::into_inner) = text;
    let headers = [("Location", "/mine/note"), HTML];
    Ok(start_response("303 See Other", &headers)?.body("<p>Go on\n"))
}

const FORMS: &str = "<!doctype html>
<title>A note</title>
<p>The note: NOTE
<form method=post>
<input name=note>
<input type=hidden name=_method value=PUT>
<button>Keep</button>
</form>
<form method=post>
<input type=hidden name=_method value=DELETE>
<button>Throw away</button>
</form>
<form method=post>
<button>Neither</button>
</form>
";
