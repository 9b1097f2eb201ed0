//! The guest book, in the framework.

use crate::framework::{Fields, Framework, Page, Route, Template};
use crate::members::{
    ask_to_log_in, log_in, log_out, login, mine, page, theme,
};
use ch06::{Entries, Entry};
use gateway::Result;
use gateway::middleware::session::Session;
use minijinja::context;
use std::path::PathBuf;

pub type Request<'r> = crate::framework::Request<'r, Entries>;

const ROUTES: &[Route<Entries>] = &[
    Route("GET", "/", "book", show),
    Route("POST", "/", "sign", sign),
    Route("GET", "/mine", "mine", mine),
    Route("GET", "/login", "login", login),
    Route("POST", "/login", "log_in", log_in),
    Route("POST", "/logout", "log_out", log_out),
    Route("POST", "/theme", "theme", theme),
];

const TEMPLATES: &[Template] = &[
    ("base.html", include_str!("../templates/base.html")),
    ("book.html", include_str!("../templates/book.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("login.html", include_str!("../templates/login.html")),
];

pub const FIELDS: &[&str] = &["name", "message"];

/// A guest book that is kept in a file. Where there are sessions it is
/// signed by members, and where there are none by everybody.
pub fn guest_book(
    file: impl Into<PathBuf>,
) -> Result<Framework<Entries>> {
    Framework::new(Entries::at(file.into()), ROUTES, TEMPLATES)
}

/// The entries: all, or those of the names in the query string.
fn show(request: &mut Request) -> Result<Page> {
    let query = request.environ.query()?;
    let names: Vec<&str> = query.all("name").collect();
    list(request, &names, Fields::of(FIELDS, |_| None))
}

/// The entries of these names, or else all, the latest first.
pub fn list(
    request: &Request,
    names: &[&str],
    form: Fields,
) -> Result<Page> {
    let is_wanted = |entry: &Entry| {
        names.is_empty() || names.contains(&&*entry.name)
    };
    let all = request.state.all()?.into_iter().rev();
    let entries = all.filter(is_wanted).map(|e| (e.name, e.message));
    let entries: Vec<_> = entries.collect();
    page(request, "book.html", context! { entries, form })
}

/// Adds an entry, and sends the visitor back to the list.
fn sign(request: &mut Request) -> Result<Page> {
    let done = request.see_other("book")?;
    let mut form = request.fields(FIELDS)?;
    form.require("message", "A message, please.");
    let session = Session::find(request.environ);
    let name = match &session {
        Some(session) => match session.get("user")? {
            Some(user) => user,
            None => return ask_to_log_in(request),
        },
        None => {
            form.require("name", "A name, please.");
            form.get("name").into()
        }
    };
    if form.are_right() {
        let message = form.get("message").into();
        request.state.add(&Entry { name, message })?;
    }
    match (session, form.are_right()) {
        (None, false) => {
            let page = list(request, &[], form)?;
            let status = "422 Unprocessable Content";
            return Ok(Page { status, ..page });
        }
        (None, true) => {}
        (Some(session), false) => {
            session.flash("A message, please.")?
        }
        (Some(session), true) => session.flash("Thank you!")?,
    }
    Ok(done)
}
