use ch02::StartResponse;

/// A `start_response` that adds a header field.
pub fn deny_frames(start_response: StartResponse) -> StartResponse {
    Box::new(|status, headers| {
        let mut headers = headers.to_vec();
        headers.push(("X-Frame-Options", "DENY"));
        start_response(status, &headers)
    })
}
