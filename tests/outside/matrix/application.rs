//! What all servers serve: applications that show what they were
//! given, and answer in all the ways there are.

#[path = "../applications.rs"]
mod applications;

use gateway::middleware::validate;
use gateway::{
    Application, Environ, Failure, Response, Result, StartResponse,
};
use std::io;

/// Where it is mounted; a server that does not know that leaves it in
/// PATH_INFO.
const MOUNT: &str = "/cgi-bin/app";

const PLAIN: (&str, &str) =
    ("Content-Type", "text/plain; charset=utf-8");

/// With the validator around it, if the request asks for that.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match environ.get("HTTP_X_VALIDATED") {
        Some(_) => validate(pages).call(environ, start_response),
        None => pages(environ, start_response),
    }
}

fn pages(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    if path.starts_with(MOUNT) {
        environ.shift_path();
        environ.shift_path();
    }
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let page = match path.split('/').nth(1).unwrap_or_default() {
        "url" => format!("{}\n", environ.url()?),
        "query" => fields(&environ.query()?),
        "form" => fields(&environ.form(16 << 10)?),
        "parts" => parts(environ)?,
        "length" => {
            let input = &mut environ.input;
            format!("{}\n", io::copy(input, &mut io::sink())?)
        }
        "teapot" => {
            let reason = "it is short and stout";
            return Err(Failure::new("418 I'm a teapot", reason).into());
        }
        _ => {
            return applications::application(environ, start_response);
        }
    };
    Ok(start_response("200 OK", &[PLAIN])?.body(page))
}

fn fields(form: &gateway::Form) -> String {
    let line = |(name, value)| format!("{name:?} = {value:?}\n");
    form.fields().map(line).collect()
}

fn parts(environ: &mut Environ) -> Result<String> {
    let mut parts = environ.parts(16 << 20)?;
    let mut list = String::new();
    while let Some(mut part) = parts.next_part()? {
        let (name, file) = (&part.name, &part.file_name);
        let line = format!("{name:?} {file:?}");
        let bytes = io::copy(&mut part, &mut io::sink())?;
        list += &format!("{line}: {bytes} bytes\n");
    }
    Ok(list)
}
