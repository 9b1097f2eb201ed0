//! What the guest book has for members.

use crate::framework::{Fields, Page};
use crate::guest_book::{FIELDS, Request, list};
use ch11::is_member;
use gateway::Result;
use gateway::middleware::csrf;
use gateway::middleware::session::Session;
use minijinja::{Value, context};

/// A page, with what each shows of the visitor.
pub fn page(
    request: &Request,
    template: &str,
    context: Value,
) -> Result<Page> {
    let visitor = visitor(request)?;
    request.render(template, context! { visitor, ..context })
}

/// Nothing, without sessions.
fn visitor(request: &Request) -> Result<Value> {
    let Some(session) = Session::find(request.environ) else {
        return Ok(Value::from(()));
    };
    let user = session.get("user")?;
    let token = match user {
        Some(_) => Some(csrf::token(request.environ)?),
        None => None,
    };
    let is_dark = session.get("theme")?.is_some();
    let messages = session.flashes()?;
    Ok(context! { user, token, is_dark, messages })
}

pub fn mine(request: &mut Request) -> Result<Page> {
    match Session::of(request.environ)?.get("user")? {
        Some(user) => {
            list(request, &[&user], Fields::of(FIELDS, |_| None))
        }
        None => ask_to_log_in(request),
    }
}

pub fn ask_to_log_in(request: &Request) -> Result<Page> {
    Session::of(request.environ)?.flash("Please log in first.")?;
    request.see_other("login")
}

pub fn login(request: &mut Request) -> Result<Page> {
    let token = csrf::token(request.environ)?;
    page(request, "login.html", context! { token })
}

pub fn log_in(request: &mut Request) -> Result<Page> {
    let form = request.fields(&["name", "password"])?;
    let (name, password) = (form.get("name"), form.get("password"));
    let session = Session::of(request.environ)?;
    if !is_member(name, password) {
        session.flash("No member has this name and password.")?;
        return request.see_other("login");
    }
    session.renew()?;
    session.set("user", name)?;
    session.flash(format!("Welcome, {name}."))?;
    request.see_other("book")
}

pub fn log_out(request: &mut Request) -> Result<Page> {
    let session = Session::of(request.environ)?;
    session.end()?;
    session.flash("You have logged out.")?;
    request.see_other("book")
}

pub fn theme(request: &mut Request) -> Result<Page> {
    let session = Session::of(request.environ)?;
    match request.fields(&["theme"])?.get("theme") {
        "dark" => session.set("theme", "dark")?,
        _ => session.remove("theme")?,
    }
    request.see_other("book")
}
