//! The guest book: a form, a list, and a file.

use crate::entries::{Entries, Entry};
use gateway::{Application, Environ, Response, Result, StartResponse};
use std::path::PathBuf;
use url::Position::{AfterPath, BeforePath};

/// The longest form that is read, in bytes.
const FORM_LIMIT: u64 = 16 * 1024;

/// A guest book that is kept in a file.
pub fn guest_book(
    file: impl Into<PathBuf>,
) -> impl Application + Send + Sync {
    let entries = Entries::at(file.into());
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let method = environ.get("REQUEST_METHOD").unwrap_or_default();
        match &*method {
            "GET" | "HEAD" => show(&entries, environ, start_response),
            "POST" => sign(&entries, environ, start_response),
            _ => refuse(start_response),
        }
    }
}

/// The entries: all, or those of the names in the query string.
fn show(
    entries: &Entries,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let query = environ.query()?;
    let is_wanted = |entry: &Entry| {
        let mut names = query.all("name").peekable();
        names.peek().is_none() || names.any(|name| name == entry.name)
    };
    let mut list = String::new();
    for entry in entries.all()?.into_iter().rev().filter(is_wanted) {
        let (name, message) =
            (escape(&entry.name), escape(&entry.message));
        list += &format!("<dt>{name}</dt>\n<dd>{message}</dd>\n");
    }
    let page = page("", "", "", &list);
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(page))
}

/// Adds an entry, and sends the visitor back to the list.
fn sign(
    entries: &Entries,
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let form = environ.form(FORM_LIMIT)?;
    let field = |name| form.get(name).unwrap_or_default().trim();
    let (name, message) = (field("name"), field("message"));
    if name.is_empty() || message.is_empty() {
        let page = page(INCOMPLETE, name, message, "");
        let headers = [("Content-Type", "text/html; charset=utf-8")];
        let status = "422 Unprocessable Content";
        return Ok(start_response(status, &headers)?.body(page));
    }
    let url = environ.url()?;
    let here = &url[BeforePath..AfterPath];
    let (name, message) = (name.to_string(), message.to_string());
    entries.add(&Entry { name, message })?;
    let headers = [("Location", here), ("Content-Type", "text/plain")];
    Ok(start_response("303 See Other", &headers)?.body("Thank you\n"))
}

fn refuse(start_response: StartResponse) -> Result<Response> {
    let headers =
        [("Allow", "GET, HEAD, POST"), ("Content-Type", "text/plain")];
    let started = start_response("405 Method Not Allowed", &headers)?;
    Ok(started
        .body("A guest book is read with GET, signed with POST\n"))
}

const INCOMPLETE: &str = "<p>A name and a message, please.</p>\n";

fn page(notice: &str, name: &str, message: &str, list: &str) -> String {
    let (name, message) = (escape(name), escape(message));
    format!(
        "<!doctype html>\n\
         <title>Guest book</title>\n\
         <h1>Guest book</h1>\n\
         {notice}\
         <form method=\"post\">\n\
         <input name=\"name\" placeholder=\"Name\" value=\"{name}\">\n\
         <input name=\"message\" placeholder=\"Message\" \
         value=\"{message}\">\n\
         <button>Sign</button>\n\
         </form>\n\
         <dl>\n{list}</dl>\n"
    )
}

/// The text, as it may stand in a page.
pub fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
