use ch02::{Environ, Response, StartResponse};

/// `ch02::greet`, for those who ask to see it.
///
/// `GET`, `HEAD`, and no `REQUEST_METHOD` at all, as in a terminal,
/// get what `ch02::greet` answers. Any other method is answered with
/// `405 Method Not Allowed`, the header field `Allow: GET, HEAD`, and
/// no block of a body.
pub fn get_only(
    environ: &Environ,
    start_response: StartResponse,
) -> Response {
    let _ = (environ, start_response);
    todo!("exercise 2.2: refuse what is neither GET nor HEAD")
}
