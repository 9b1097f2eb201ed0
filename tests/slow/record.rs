//! As much of FastCGI as it takes to ask.

/// A request without a body, as a web server sends it.
pub fn get(path: &str) -> Vec<u8> {
    let mut params = Vec::new();
    for (name, value) in [
        ("REQUEST_METHOD", "GET"),
        ("REQUEST_URI", path),
        ("PATH_INFO", path),
        ("SERVER_NAME", "localhost"),
        ("SERVER_PORT", "80"),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
    ] {
        params.extend([name.len() as u8, value.len() as u8]);
        params.extend([name, value].concat().bytes());
    }
    [
        record(BEGIN_REQUEST, &[0, 1, 0, 0, 0, 0, 0, 0]),
        record(PARAMS, &params),
        record(PARAMS, &[]),
        record(STDIN, &[]),
    ]
    .concat()
}

const BEGIN_REQUEST: u8 = 1;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    let head = [1, kind, 0, 1, high, low, 0, 0];
    [&head[..], content].concat()
}
