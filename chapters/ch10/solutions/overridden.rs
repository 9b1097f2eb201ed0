use gateway::{Application, Environ, Form, Result, app};
use std::io::{Cursor, Read};

/// The longest form that is looked into, in bytes.
const LIMIT: u64 = 16 * 1024;

/// Middleware for forms that cannot say PUT, PATCH or DELETE.
pub fn overridden(inner: Box<dyn Application>) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        if let Some(length) = form_length(environ) {
            override_method(environ, length)?;
        }
        inner.call(environ, start_response)
    }))
}

/// The length of the form in the body, if one is there that is looked
/// into.
fn form_length(environ: &Environ) -> Option<u64> {
    let kind = environ.get("CONTENT_TYPE")?;
    let kind = kind.split(';').next()?.trim();
    let urlencoded = "application/x-www-form-urlencoded";
    let is_form = environ.get("REQUEST_METHOD")? == "POST"
        && kind.eq_ignore_ascii_case(urlencoded);
    let length = environ.get("CONTENT_LENGTH")?.parse().ok()?;
    (is_form && length <= LIMIT).then_some(length)
}

fn override_method(environ: &mut Environ, length: u64) -> Result<()> {
    let mut body = Vec::new();
    environ.input.by_ref().take(length).read_to_end(&mut body)?;
    let form = Form::parse(&body).ok();
    let method = form.as_ref().and_then(|form| form.get("_method"));
    if let Some(method @ ("PUT" | "PATCH" | "DELETE")) = method {
        environ.set("REQUEST_METHOD", method);
    }
    environ.input = Box::new(Cursor::new(body));
    Ok(())
}
