//! A cookie by hand.

use gateway::{Environ, Response, Result, StartResponse};

/// Greets a visitor, and remembers the name.
pub fn hello(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let query = environ.query()?;
    let mut headers = vec![("Content-Type", "text/plain")];
    let set;
    let name = match query.get("name") {
        Some(name) => {
            set = format!("name={name}");
            headers.push(("Set-Cookie", &set));
            Some(name)
        }
        None => cookie(environ, "name"),
    };
    let page = match name {
        Some("admin") => {
            "Hello admin! The keys are under the mat.\n".into()
        }
        Some(name) => format!("Hello {name}!\n"),
        None => "Who is there?\n".into(),
    };
    Ok(start_response("200 OK", &headers)?.body(page))
}

/// The value of the first cookie of a name.
pub fn cookie<'e>(environ: &'e Environ, name: &str) -> Option<&'e str> {
    let field = environ.bytes("HTTP_COOKIE")?;
    let pairs = str::from_utf8(field).ok()?.split(';');
    let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|pair| pair.0 == name);
    values.next().map(|pair| pair.1)
}
