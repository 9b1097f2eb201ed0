//! httpbin, which answers whatever it is asked to.

use super::{CHUNKED, PARTS, chunks, long, parts};
use crate::visit::Visit;

pub fn visit(visit: &mut Visit) {
    visit.masks = &[
        ("\"uuid\": \"", '"'),
        ("nonce=\"", '"'),
        ("opaque=\"", '"'),
        ("stale_after=", ';'),
        ("last-nonce=", ';'),
        ("fake=", ';'),
    ];
    pages(visit);
    methods(visit);
    bodies(visit);
    statuses(visit);
    cookies(visit);
    credentials(visit);
}

fn pages(visit: &mut Visit) {
    for target in [
        "/",
        "/html",
        "/robots.txt",
        "/deny",
        "/ip",
        "/uuid",
        "/headers",
        "/user-agent",
        "/get",
        "/get?a=1&b=caf%C3%A9&a=2",
        "/gzip",
        "/deflate",
        "/brotli",
        "/encoding/utf8",
        "/xml",
        "/json",
        "/forms/post",
        "/image/png",
        "/image/svg",
        "/links/3/1",
        "/cache/60",
        "/base64/aGVsbG8=",
        "/stream/5",
        "/stream-bytes/5000?seed=1&chunk_size=700",
        "/bytes/1000?seed=1",
        "/drip?numbytes=3&duration=0.1",
        "/range/100",
        "/delay/0",
        "/anything/caf%C3%A9%20au/lait?x=%25",
        "/anything/a%2Fb",
        "/anything//a//b",
        "/no/such/page",
        "/static/favicon.ico",
        "/response-headers?X-One=1&X-Two=caf%C3%A9&X-One=3",
    ] {
        visit.get(target);
    }
    for (target, field) in [
        ("/image", "Accept: image/webp"),
        ("/image", "Accept: text/plain"),
        ("/cache", "If-None-Match: \"a\""),
        ("/etag/abc", "If-None-Match: \"abc\""),
        ("/etag/abc", "If-Match: \"other\""),
        ("/range/100", "Range: bytes=10-19"),
        ("/range/100", "Range: bytes=500-"),
        ("/headers", "X-Name: caf\u{e9}"),
        ("/headers", "X_Name: a line below"),
        ("/headers", "X-Empty:"),
    ] {
        visit.ask(&format!("GET {target}"), &[field], b"");
    }
}

fn methods(visit: &mut Visit) {
    for line in [
        "HEAD /get",
        "HEAD /stream/5",
        "HEAD /image/png",
        "OPTIONS /get",
        "POST /get",
        "DELETE /delete?a=1",
        "TRACE /anything",
        "BREW /anything",
        "OPTIONS *",
    ] {
        visit.ask(line, &[], b"");
    }
}

fn bodies(visit: &mut Visit) {
    let json = "Content-Type: application/json";
    let text = "Content-Type: text/plain; charset=utf-8";
    visit.post("/post", "a=1&b=caf%C3%A9&a=2");
    visit.ask("POST /post", &[json], b"{\"a\": [1, 2]}");
    visit.ask("POST /post", &[text], "caf\u{e9}".as_bytes());
    visit.ask("POST /post", &[], b"\xff\x00\r\n");
    visit.ask("POST /post", &["Content-Length: 0"], b"");
    visit.ask("POST /post", &[PARTS], &parts("caf\u{e9}", &long(800)));
    visit.ask("PUT /put", &[text], &long(8000));
    visit.ask("PATCH /patch", &[json], b"[]");
    visit.ask("DELETE /delete", &[text], b"a body");
    visit.ask("GET /anything", &[text], b"a body");
    let body = chunks(&long(8000), 700);
    visit.ask("PUT /anything", &[text, CHUNKED], &body);
    let form = "Content-Type: application/x-www-form-urlencoded";
    let body = chunks(b"a=1&b=2", 3);
    visit.ask("POST /anything", &[form, CHUNKED], &body);
    visit.ask("POST /status/200", &[text], &long(300_000));
    visit.ask("POST /post", &["Expect: 100-continue"], b"awaited");
}

fn statuses(visit: &mut Visit) {
    for status in [
        200, 201, 202, 204, 205, 206, 300, 301, 304, 307, 400, 401,
        402, 404, 406, 407, 418, 429, 499, 500, 503, 599,
    ] {
        visit.get(&format!("/status/{status}"));
    }
    for target in [
        "/redirect/2",
        "/relative-redirect/2",
        "/absolute-redirect/2",
        "/redirect-to?url=http://other.example/%3Fa&status_code=308",
        "/redirect-to?url=/caf%C3%A9",
    ] {
        visit.get(target);
    }
    visit.ask("DELETE /status/204", &[], b"");
    visit.ask("HEAD /status/404", &[], b"");
}

fn cookies(visit: &mut Visit) {
    visit.get("/cookies");
    visit.get("/cookies/set?one=1&two=2");
    visit.get("/cookies/set/three/a%20b");
    visit.get("/cookies");
    visit.get("/cookies/delete?one");
}

fn credentials(visit: &mut Visit) {
    let ada = "Authorization: Basic YWRhOnNlY3JldA==";
    visit.get("/basic-auth/ada/secret");
    visit.ask("GET /basic-auth/ada/secret", &[ada], b"");
    visit.ask("GET /hidden-basic-auth/ada/other", &[ada], b"");
    visit.ask("GET /bearer", &["Authorization: Bearer abc"], b"");
    visit.get("/digest-auth/auth/ada/secret");
}
