//! What all pages of the guest book have in common.

use ch06::escape;
use gateway::middleware::csrf;
use gateway::middleware::session::Session;
use gateway::{Environ, Response, Result, StartResponse};
use url::Position::BeforePath;

/// A page with this content, for the visitor whose request it is.
pub fn page(
    environ: &Environ,
    content: &str,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    let mut top = String::new();
    for message in session.flashes()? {
        top +=
            &format!("<p role=\"status\">{}</p>\n", escape(&message));
    }
    let at = escape(&environ.get("SCRIPT_NAME").unwrap_or_default());
    let colors = match session.get("theme")? {
        Some(_) => "background: #222; color: #eee",
        None => "background: #fff; color: #222",
    };
    top += &match session.get("user")? {
        Some(user) => members_corner(&user, &at, environ)?,
        None => format!("<p><a href=\"{at}/login\">Log in</a></p>\n"),
    };
    let page = format!(
        "<!doctype html>\n\
         <title>Guest book</title>\n\
         <body style=\"{colors}\">\n\
         <h1><a href=\"{at}/\" style=\"color: inherit\">Guest \
         book</a></h1>\n\
         {top}{content}"
    );
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(page))
}

fn members_corner(
    user: &str,
    at: &str,
    environ: &Environ,
) -> Result<String> {
    let user = escape(user);
    let token = csrf::token(environ)?;
    let form = |path: &str, inside: &str| {
        format!(
            "<form method=\"post\" action=\"{at}{path}\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{token}\">\n\
             {inside}\n\
             </form>\n"
        )
    };
    let message = "<input name=\"message\" placeholder=\"Message\">\n\
                   <button>Sign</button>";
    let theme = "<button name=\"theme\" value=\"dark\">Dark</button>\n\
                 <button name=\"theme\" value=\"light\">Light</button>";
    Ok([
        format!("<p>You are {user}. "),
        format!("<a href=\"{at}/mine\">My entries</a></p>\n"),
        form("/", message),
        form("/theme", theme),
        form("/logout", "<button>Log out</button>"),
    ]
    .concat())
}

/// Sends the visitor to a page of ours.
pub fn see_other(
    path: &str,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let url = environ.url()?;
    let at = environ.get("SCRIPT_NAME").unwrap_or_default();
    let to = format!("{}{at}{path}", &url[..BeforePath]);
    let headers = [("Location", &*to), ("Content-Type", "text/plain")];
    Ok(start_response("303 See Other", &headers)?.body("Go there\n"))
}
