//! Forms with files.

use gateway::{Environ, Response, Result, StartResponse};
use std::io;

/// The longest form that is read, in bytes: files may be large, for
/// they are not held.
const PARCEL_LIMIT: u64 = 1 << 30;

const FORM: &str = "\
<!doctype html>
<title>Parcel</title>
<form method=\"post\" enctype=\"multipart/form-data\">
<input name=\"to\" placeholder=\"To\">
<input name=\"content\" type=\"file\" multiple>
<button>Send</button>
</form>
";

/// A form with files; what comes back says what was in it.
pub fn parcel(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    if environ.get("REQUEST_METHOD").as_deref() != Some("POST") {
        let headers = [("Content-Type", "text/html; charset=utf-8")];
        return Ok(start_response("200 OK", &headers)?.body(FORM));
    }
    let mut list = String::new();
    let mut parts = environ.parts(PARCEL_LIMIT)?;
    while let Some(mut part) = parts.next_part()? {
        let file = part.file_name.as_ref();
        let file = file.map(|file| format!(" {file:?}"));
        let file = file.unwrap_or_default();
        let bytes = io::copy(&mut part, &mut io::sink())?;
        list += &format!("{}{file}: {bytes} bytes\n", part.name);
    }
    let headers = [("Content-Type", "text/plain; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(list))
}
