use ch02::{Environ, Response, StartResponse};

/// `ch02::greet`, for those who ask to see it.
pub fn get_only(
    environ: &Environ,
    start_response: StartResponse,
) -> Response {
    match environ.get("REQUEST_METHOD").map(String::as_str) {
        None | Some("GET" | "HEAD") => {
            ch02::greet(environ, start_response)
        }
        Some(_) => {
            let headers = [("Allow", "GET, HEAD")];
            start_response("405 Method Not Allowed", &headers).body([])
        }
    }
}
