//! Bodies, there and back.

use super::{Request, get, post, request};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

pub fn all() -> Vec<Request> {
    let lists = [typed(), raw(), multipart(), streams()];
    lists.into_iter().flatten().collect()
}

fn typed() -> Vec<Request> {
    let word = r#"{"word": "caf\u00e9", "page": null}"#;
    vec![
        post("JSON", "/json", JSON, word),
        post("JSON of another type", "/json", "text/plain", word),
        post("JSON without a type", "/json", "", word),
        post("JSON with a fault", "/json", JSON, r#"{"word": "#),
        post("JSON without a field", "/json", JSON, r#"{"page": 1}"#),
        post("JSON, checked", "/json/checked", JSON, "[]"),
        post("JSON that is there", "/json/maybe", JSON, word),
        request("JSON that may be missing", "POST", "/json/maybe"),
        post("JSON of 3 MB", "/json", JSON, "[".repeat(3_000_000)),
        post("a form", "/form", FORM, "word=caf%C3%A9+noir&page=3"),
        post("a form of another type", "/form", JSON, "word=a"),
        post("a form without a field", "/form", FORM, "page=3"),
        get("a form in the query", "/form?word=a+b"),
        request("a form, checked", "PATCH", "/form")
            .body(FORM, "word=a&page=b"),
        request("a form in chunks", "POST", "/form")
            .field(format!("Content-Type: {FORM}"))
            .chunks("5\r\nword=\r\n3\r\na+b\r\n0\r\n\r\n"),
    ]
}

fn raw() -> Vec<Request> {
    let long = "0123456789abcdef".repeat(200_000);
    let some = &long[..300_000];
    let chunks = |count: usize| {
        let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000));
        chunk.repeat(count) + "0\r\n\r\n"
    };
    vec![
        post("bytes", "/bytes", "", b"\0\r\n\r\n\xe9"),
        post("a text", "/string", "text/plain", "caf\u{e9}"),
        post("a text that is not UTF-8", "/string", "", b"caf\xe9"),
        post("an echo", "/echo", "text/x-a; b=c", "Hello"),
        post("an echo of 3 MB", "/echo", "", &long),
        post("a count of 3 MB", "/count", "", &long),
        post("more than an extractor takes", "/bytes", "", &long),
        request("a count of 1 MB in chunks", "POST", "/count")
            .chunks(&chunks(1000)),
        request("trailers of a request", "POST", "/count")
            .chunks("3\r\none\r\n0\r\nX-Sum: 3\r\n\r\n"),
        post("a body that is not read", "/ignore", "", some),
        post("a body of which half is read", "/half", "", some),
        request("chunks that are not read", "POST", "/ignore")
            .chunks(&chunks(300)),
        request("chunks of which half is read", "POST", "/half")
            .chunks(&chunks(300)),
        post("a body within its limit", "/limited", "", "0123456789"),
        post("a body beyond its limit", "/limited", "", "0123456789a"),
        request("chunks beyond their limit", "POST", "/limited")
            .chunks("b\r\n0123456789a\r\n0\r\n\r\n"),
        post("a body that is expected", "/bytes", "", "Hello")
            .field("Expect: 100-continue"),
        post("one that is expected, and not read", "/ignore", "", "Hi")
            .field("Expect: 100-continue"),
        get("the length of no body", "/hints"),
        post("the length of a body", "/hints", "", "Hello"),
        post("the length of an empty body", "/hints", "", ""),
        request("the length of chunks", "POST", "/hints")
            .chunks("3\r\none\r\n0\r\n\r\n"),
        get("GET with a body", "/fields").body("text/x-a", "Hello"),
    ]
}

fn multipart() -> Vec<Request> {
    let kind = "multipart/form-data; boundary=XX";
    let file = "0123456789abcdef".repeat(200_000);
    let parts = |file: &str| {
        format!(
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\
             one\r\n--XX\r\nContent-Disposition: form-data; \
             name=\"b\"; filename=\"caf\u{e9}.txt\"\r\nContent-Type: \
             text/plain\r\n\r\n{file}\r\n--XX--\r\n"
        )
    };
    let cut = &parts("two")[..150];
    vec![
        post("multipart", "/multipart", kind, parts("two")),
        post("multipart of 3 MB", "/multipart", kind, parts(&file)),
        post("multipart cut short", "/multipart", kind, cut),
        post("multipart of another type", "/multipart", FORM, "a=b"),
    ]
}

fn streams() -> Vec<Request> {
    vec![
        get("blocks", "/blocks"),
        get("blocks with a length", "/blocks/sized"),
        get("blocks below their length", "/blocks/short"),
        get("blocks beyond their length", "/blocks/long"),
        get("no blocks", "/blocks/none"),
        get("empty blocks", "/blocks/empty"),
        get("blocks of 3 MB", "/blocks/large"),
        get("blocks that break", "/blocks/broken"),
        get("blocks that break at once", "/blocks/broken-at-once"),
        get("blocks with trailers", "/blocks/trailers"),
        get("blocks with trailers, wanted", "/blocks/trailers")
            .field("TE: trailers"),
        get("events", "/events").field("Accept: text/event-stream"),
        request("HEAD of blocks", "HEAD", "/blocks"),
        request(
            "HEAD of blocks with a length",
            "HEAD",
            "/blocks/sized",
        ),
        request("HEAD of events", "HEAD", "/events"),
    ]
}
