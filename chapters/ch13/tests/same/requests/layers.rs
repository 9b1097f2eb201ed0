//! What middleware does, and files.

use super::{Request, get, post, request};

pub fn all() -> Vec<Request> {
    let lists = [middleware(), files()];
    lists.into_iter().flatten().collect()
}

fn middleware() -> Vec<Request> {
    let gzip = "Accept-Encoding: gzip";
    let origin = "Origin: https://other.example";
    vec![
        get("compressed", "/compressed").field(gzip),
        get("compressed blocks", "/compressed/blocks").field(gzip),
        get("not to be compressed", "/compressed"),
        request("HEAD of compressed", "HEAD", "/compressed")
            .field(gzip),
        get("another origin", "/cors").field(origin),
        request("another origin asks first", "OPTIONS", "/cors")
            .field(origin)
            .field("Access-Control-Request-Method: POST")
            .field("Access-Control-Request-Headers: content-type"),
        get("an id is given", "/marked"),
        get("an id is kept", "/marked")
            .field("X-Request-Id: mine")
            .field("X-Group: ours"),
        get("in time", "/timely"),
        get("too late", "/timely/never"),
        post("within a layer's limit", "/small", "", "0123456789"),
        post("beyond a layer's limit", "/small", "", "0123456789a"),
        request("chunks beyond a layer's limit", "POST", "/small")
            .chunks("b\r\n0123456789a\r\n0\r\n\r\n"),
        get("a panic that is caught", "/caught"),
        get("no credentials", "/guarded"),
        get("wrong credentials", "/guarded")
            .field("Authorization: Bearer crow"),
        get("right credentials", "/guarded")
            .field("Authorization: Bearer crab")
            .field("Accept: application/json"),
        get("not acceptable", "/guarded")
            .field("Authorization: Bearer crab")
            .field("Accept: text/html"),
        get("a service's error", "/filtered"),
        get("no service's error", "/filtered?please"),
        get("a slash at the end", "/trimmed/page/?a=b"),
        get("no slash at the end", "/trimmed/page"),
    ]
}

fn files() -> Vec<Request> {
    let since = "If-Modified-Since: Sat, 10 Jan 2004 13:37:04 GMT";
    vec![
        get("a file", "/files/page.html"),
        get("a file of 1 MB", "/files/large.bin"),
        get("a file with escapes", "/files/deep/caf%C3%A9%201.txt"),
        get("a folder", "/files/deep/er"),
        get("a folder's index", "/files/deep/er/"),
        get("a file above", "/files/../files/page.html"),
        get("a file above, escaped", "/files/%2e%2e/cgi-bin/app"),
        get("no such file", "/files/none"),
        get("a file not modified", "/files/page.html").field(since),
        get("a range", "/files/page.html").field("Range: bytes=3-7"),
        get("a range beyond", "/files/page.html")
            .field("Range: bytes=90-"),
        request("HEAD of a file", "HEAD", "/files/page.html"),
        request("HEAD of a range", "HEAD", "/files/page.html")
            .field("Range: bytes=3-7"),
        post("POST to a file", "/files/page.html", "", "a=b"),
    ]
}
