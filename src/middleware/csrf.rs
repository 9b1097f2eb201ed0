//! Forms that another site has a visitor send.

use super::session::{Session, random};
use crate::input::read_all;
use crate::{Application, Environ, Failure, Form, Result};
use std::io::Cursor;
use url::Position::BeforePath;

/// The name that the token has in a session and in a form.
pub const TOKEN: &str = "csrf";

/// The longest form in which a token is looked for, in bytes.
const LIMIT: u64 = 64 * 1024;

/// Refuses, with `403 Forbidden`, what a page of another site has a
/// browser send: the visitor's cookies go with that, and the visitor
/// does not know.
///
/// GET, HEAD, OPTIONS and TRACE change nothing, and pass. For all other
/// methods the browser's word counts: Sec-Fetch-Site, or else Origin,
/// which has to be this site's. Where it says nothing, the request has
/// to bring the [`token`] of the visitor's session: in the header
/// `X-CSRF-Token`, or in the field `csrf` of a form of at most 64 KiB
/// in `application/x-www-form-urlencoded`.
///
/// It stands inside of [`session`](super::session()), and behind a
/// proxy inside of [`behind_proxy`](crate::behind_proxy), which says
/// what this site is.
///
/// ```
/// use gateway::middleware::csrf;
/// use gateway::testing;
///
/// let app = csrf(gateway::app(|_, start_response| {
///     Ok(start_response("204 No Content", &[])?.body(""))
/// }));
/// let mut environ = testing::environ("POST", "/logout");
/// environ.set("HTTP_ORIGIN", "http://evil.example");
/// let answer = testing::ask(&app, environ);
/// assert_eq!(answer.status, "403 Forbidden");
/// ```
pub fn csrf<A: Application>(app: A) -> impl Application {
    crate::app(move |environ, start_response| {
        check(environ)?;
        app.call(environ, start_response)
    })
}

/// The token for a form: another one each time, and each is good as
/// long as the session, until that is renewed.
///
/// It is the session's secret under a mask, with the mask, so that the
/// same bytes never stand in two pages: compression would give them
/// away (BREACH).
///
/// # Errors
///
/// As [`Session::of`] and [`Session::set`].
pub fn token(environ: &Environ) -> Result<String> {
    let session = Session::of(environ)?;
    let secret = match secret(&session)? {
        Some(secret) => secret,
        None => {
            let secret = random()?;
            session.set(TOKEN, format!("{secret:032x}"))?;
            secret
        }
    };
    let mask = random()?;
    Ok(format!("{mask:032x}{:032x}", mask ^ secret))
}

fn secret(session: &Session) -> Result<Option<u128>> {
    let secret = session.get(TOKEN)?;
    Ok(secret.and_then(|s| u128::from_str_radix(&s, 16).ok()))
}

fn check(environ: &mut Environ) -> Result<()> {
    let method = environ.get("REQUEST_METHOD").unwrap_or_default();
    if matches!(&*method, "GET" | "HEAD" | "OPTIONS" | "TRACE") {
        return Ok(());
    }
    if let Some(site) = environ.get("HTTP_SEC_FETCH_SITE") {
        // "none": by the visitor's own hand, such as a bookmark.
        return match &*site {
            "same-origin" | "none" => Ok(()),
            _ => refuse(format!("Sec-Fetch-Site: {site}")),
        };
    }
    // "null" says nothing: the browser will not tell.
    let origin = environ.get("HTTP_ORIGIN");
    if let Some(origin) = origin.filter(|origin| origin != "null") {
        let url = environ.url()?;
        let ours = &url[..BeforePath];
        return match origin == ours {
            true => Ok(()),
            false => refuse(format!("Origin {origin}, at {ours}")),
        };
    }
    let sent = sent_token(environ)?.unwrap_or_default();
    let secret = secret(&Session::of(environ)?)?;
    match unmasked(&sent) {
        None => refuse("no token"),
        // It is this session's, and changes with each page: what the
        // comparison takes tells nothing.
        sent if sent == secret => Ok(()),
        _ => refuse("the token of another session"),
    }
}

/// What a page has under its mask.
fn unmasked(token: &str) -> Option<u128> {
    let (mask, masked) = token.split_at_checked(32)?;
    let number = |text| u128::from_str_radix(text, 16).ok();
    Some(number(mask)? ^ number(masked)?)
}

/// The token that came with the request, whose body stays as it was.
fn sent_token(environ: &mut Environ) -> Result<Option<String>> {
    if let Some(token) = environ.get("HTTP_X_CSRF_TOKEN") {
        return Ok(Some(token.into_owned()));
    }
    if !environ.has_form() {
        return Ok(None);
    }
    let body = read_all(&mut *environ.input, LIMIT)?;
    let form = Form::parse(&body)?;
    environ.input = Box::new(Cursor::new(body));
    Ok(form.get(TOKEN).map(str::to_owned))
}

fn refuse(reason: impl Into<String>) -> Result<()> {
    let reason = format!("a form from elsewhere: {}", reason.into());
    Err(Failure::new("403 Forbidden", reason)
        .page("text/plain", PAGE)
        .into())
}

const PAGE: &str = "\
This form did not come from a page of this site, or it is too old.
Go back, load the page again, and send it again.
";
