use gateway::{Environ, Response, Result, StartResponse};

/// A page, for those who fetch it and those who only ask about it.
///
/// HEAD asks for the answer that GET would get, without its body.
/// Somebody has taken care of that here, and too much of it: of the
/// header fields that GET gets, one is missing for HEAD. Predict
/// which. Then mend it.
///
/// For `GET` the status is `200 OK`, the type `text/plain`, and the
/// page `Back at noon.` with a line end.
pub fn notice(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &headers)?;
    // exercise 5.1: HEAD is told too little; remove this line as well.
    let page = match environ.bytes("REQUEST_METHOD") {
        Some(b"HEAD") => "",
        _ => "Back at noon.\n",
    };
    Ok(started.body(page))
}
