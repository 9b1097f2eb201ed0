//! The guest book, for visitors whom it knows.

use crate::members::is_member;
use crate::page::{page, see_other};
use ch06::{Entries, Entry, escape};
use gateway::middleware::csrf;
use gateway::middleware::session::Session;
use gateway::{
    Application, Environ, Failure, Response, Result, StartResponse,
};
use std::path::PathBuf;

/// The longest form that is read, in bytes.
const FORM_LIMIT: u64 = 16 * 1024;

/// A guest book that is kept in a file, and signed by members.
pub fn book(
    file: impl Into<PathBuf>,
) -> impl Application + Send + Sync {
    let entries = Entries::at(file.into());
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let get = |name| environ.get(name).unwrap_or_default();
        let (method, path) = (get("REQUEST_METHOD"), get("PATH_INFO"));
        let method = if method == "HEAD" { "GET" } else { &method };
        match (method, &*path) {
            ("GET", "" | "/") => {
                show(&entries, None, environ, start_response)
            }
            ("POST", "" | "/") => {
                sign(&entries, environ, start_response)
            }
            ("GET", "/mine") => mine(&entries, environ, start_response),
            ("GET", "/login") => door(environ, start_response),
            ("POST", "/login") => log_in(environ, start_response),
            ("POST", "/logout") => log_out(environ, start_response),
            ("POST", "/theme") => theme(environ, start_response),
            _ => {
                let reason = "no page, or not with this method";
                Err(Failure::new("404 Not Found", reason).into())
            }
        }
    }
}

/// The entries: all, or those of one member.
fn show(
    entries: &Entries,
    by: Option<&str>,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut list = String::new();
    for entry in entries.all()?.into_iter().rev() {
        if by.is_none_or(|name| name == entry.name) {
            let (name, message) =
                (escape(&entry.name), escape(&entry.message));
            list += &format!("<dt>{name}</dt>\n<dd>{message}</dd>\n");
        }
    }
    page(environ, &format!("<dl>\n{list}</dl>\n"), start_response)
}

fn mine(
    entries: &Entries,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match Session::of(environ)?.get("user")? {
        Some(user) => {
            show(entries, Some(&user), environ, start_response)
        }
        None => ask_to_log_in(environ, start_response),
    }
}

fn ask_to_log_in(
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Session::of(environ)?.flash("Please log in first.")?;
    see_other("/login", environ, start_response)
}

fn sign(
    entries: &Entries,
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    let Some(name) = session.get("user")? else {
        return ask_to_log_in(environ, start_response);
    };
    let form = environ.form(FORM_LIMIT)?;
    let message = form.get("message").unwrap_or_default().trim();
    if message.is_empty() {
        session.flash("A message, please.")?;
    } else {
        entries.add(&Entry { name, message: message.into() })?;
        session.flash("Thank you!")?;
    }
    see_other("/", environ, start_response)
}

fn door(
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let token = csrf::token(environ)?;
    let form = format!(
        "<form method=\"post\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{token}\">\n\
         <input name=\"name\" placeholder=\"Name\">\n\
         <input name=\"password\" type=\"password\" \
         placeholder=\"Password\">\n\
         <button>Log in</button>\n\
         </form>\n"
    );
    page(environ, &form, start_response)
}

fn log_in(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let form = environ.form(FORM_LIMIT)?;
    let field = |name| form.get(name).unwrap_or_default();
    let (name, password) = (field("name"), field("password"));
    let session = Session::of(environ)?;
    if !is_member(name, password) {
        session.flash("No member has this name and password.")?;
        return see_other("/login", environ, start_response);
    }
    session.renew()?;
    session.set("user", name)?;
    session.flash(format!("Welcome, {name}."))?;
    see_other("/", environ, start_response)
}

fn log_out(
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    session.end()?;
    session.flash("You have logged out.")?;
    see_other("/", environ, start_response)
}

fn theme(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let form = environ.form(FORM_LIMIT)?;
    let session = Session::of(environ)?;
    match form.get("theme") {
        Some("dark") => session.set("theme", "dark")?,
        _ => session.remove("theme")?,
    }
    see_other("/", environ, start_response)
}
