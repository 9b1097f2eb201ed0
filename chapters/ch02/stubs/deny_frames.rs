use ch02::StartResponse;

/// A `start_response` that adds a header field.
///
/// Whoever calls the result has called `start_response`, with the same
/// status and headers, and behind them `X-Frame-Options: DENY`, which
/// keeps other sites from showing the page inside of theirs. This is
/// middleware: an application is called with
/// `deny_frames(start_response)` and never knows.
pub fn deny_frames(start_response: StartResponse) -> StartResponse {
    let _ = start_response;
    todo!("exercise 2.4: return a closure that calls start_response")
}
