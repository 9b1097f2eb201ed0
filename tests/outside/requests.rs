//! The requests that are sent to wsgiref and to ours.

/// A request and what the table of differences calls it.
pub struct Request {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// All of them, in the order in which they are sent.
pub fn all() -> Vec<Request> {
    let lists =
        [targets(), fields(), bodies(), answers(), heads(), errors()];
    lists.into_iter().flatten().collect()
}

/// Methods, targets and versions.
fn targets() -> Vec<Request> {
    let mut list = vec![
        get("a page", "/hello"),
        get("an environ", "/environ"),
        get("no path", "/"),
        get("path with an escaped space", "/environ/a%20b"),
        get("path with an escaped letter", "/environ/%41"),
        get("path with an escaped slash", "/environ/a%2Fb"),
        get("path with an escaped question mark", "/environ/a%3Fb"),
        get("path with an escaped percent sign", "/environ/a%2541"),
        get("path with a plus sign", "/environ/a+b"),
        get("path in UTF-8", "/environ/caf%C3%A9"),
        get("path in Latin-1", "/environ/caf%e9"),
        get("path with a NUL byte", "/environ/a%00b"),
        get("path with half an escape", "/environ/a%4"),
        get("path with a false escape", "/environ/a%zzb"),
        get("path with parameters", "/environ/a;b=1,2"),
        get("path with empty parts", "/environ//a//"),
        get("path with dots", "/environ/./a/../b"),
        get("path with two slashes first", "//environ/a"),
        get("query", "/environ?a=1&b=2"),
        get("query with escapes", "/environ?a%20b+c=%C3%A9"),
        get("query with question marks", "/environ?a?b?"),
        get("empty query", "/environ?"),
        get("absolute target", "http://example.com/environ?a=1"),
        line("target *", "OPTIONS * HTTP/1.1", &[HOST, CLOSE], ""),
        line("HTTP/1.0", "GET /environ HTTP/1.0", &[], ""),
        line("HTTP/1.0 stream", "GET /stream HTTP/1.0", &[], ""),
        line("HTTP/1.2", "GET /environ HTTP/1.2", &[HOST], ""),
        line("HTTP/0.9", "GET /hello", &[], ""),
        line("no Host", "GET /environ HTTP/1.1", &[CLOSE], ""),
    ];
    for method in
        ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get"]
    {
        let name = format!("method {method}");
        let first = format!("{method} /environ HTTP/1.1");
        list.push(line(&name, &first, &[HOST, CLOSE], ""));
    }
    list
}

/// Headers.
fn fields() -> Vec<Request> {
    vec![
        with("header in lower case", &["x-name: value"]),
        with("header in spaces", &["X-Name:   two  words  "]),
        with("header without a value", &["X-Name:"]),
        with("header in UTF-8", &["X-Name: caf\u{e9}"]),
        with("header on two lines", &["X-Name: one", " two"]),
        with("header twice", &["X-Name: one", "X-Name: two"]),
        with("cookies twice", &["Cookie: a=1", "Cookie: b=2"]),
        with("header with an underscore", &["X_Name: value"]),
        with(
            "header with and without an underscore",
            &["X-Name: good", "X_Name: bad"],
        ),
        with("header Proxy", &["Proxy: http://evil.example/"]),
        with("header Path-Info", &["Path-Info: /other"]),
        with("header Remote-Addr", &["Remote-Addr: 1.2.3.4"]),
        with("credentials", &["Authorization: Basic YTpi"]),
        with("type without a body", &["Content-Type: text/x-a"]),
        with("two Hosts", &["Host: other.example"]),
    ]
}

/// Bodies of requests.
fn bodies() -> Vec<Request> {
    let large = "0123456789abcdef".repeat(65536);
    let chunks = "3\r\none\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    let chunked = "Transfer-Encoding: chunked";
    let typed = "Content-Type: text/x-a; b=c";
    vec![
        post("body", "/echo", &[], "Hello"),
        post("body of bytes", "/echo", &[], "\0\r\n\r\n\u{e9}"),
        post("body of 1 MiB", "/echo", &[], &large),
        post("body of no bytes", "/environ", &[typed], ""),
        post("body with a type", "/environ", &[typed], "Hello"),
        post("body without a type", "/environ", &[], "Hello"),
        post("body that is not read", "/read-nothing", &[], "Hello"),
        post("body read to its end", "/read-all", &[], "Hello"),
        post("body in lines", "/read-lines", &[], "one\r\ntwo\nthree"),
        line(
            "body and more bytes",
            "POST /read-all HTTP/1.1",
            &[HOST, CLOSE, "Content-Length: 5"],
            "Hello World!",
        ),
        line(
            "body cut short",
            "POST /read-all HTTP/1.1",
            &[HOST, CLOSE, "Content-Length: 12"],
            "Hello",
        ),
        line(
            "body in chunks",
            "POST /read-all HTTP/1.1",
            &[HOST, CLOSE, chunked],
            chunks,
        ),
        line(
            "environ with a body in chunks",
            "POST /environ HTTP/1.1",
            &[HOST, CLOSE, chunked],
            chunks,
        ),
        post(
            "body that is expected",
            "/echo",
            &["Expect: 100-continue"],
            "Hello",
        ),
        line(
            "length that is no number",
            "POST /environ HTTP/1.1",
            &[HOST, CLOSE, "Content-Length: five"],
            "",
        ),
        line("two requests", "GET /hello HTTP/1.1", &[HOST], &{
            String::from("GET /hello HTTP/1.1\r\n")
                + "Host: example.com\r\n\r\n"
        }),
    ]
}

/// What applications answer.
fn answers() -> Vec<Request> {
    let mut list = Vec::new();
    for (path, name) in [
        ("array", "an array of blocks"),
        ("stream", "a stream of blocks"),
        ("empty-array", "an array without blocks"),
        ("empty-block", "an empty block"),
        ("empty-stream", "a stream without blocks"),
        ("empty-blocks-between", "a stream with empty blocks"),
        ("large", "1 MiB in one block"),
        ("large-stream", "1 MiB in a stream"),
        ("file", "a file"),
        ("write", "write, then a block"),
        ("write-only", "write, then nothing"),
        ("write-nothing", "write of no bytes"),
        ("exact", "a body of its Content-Length"),
        ("short", "a body short of its Content-Length"),
        ("long", "a body beyond its Content-Length"),
        ("long-write", "write beyond the Content-Length"),
        ("zero", "a Content-Length of 0"),
        ("no-content", "204"),
        ("no-content-with-body", "204 with a body"),
        ("not-modified", "304"),
        ("not-modified-with-body", "304 with a body"),
        ("not-modified-with-length", "304 with a Content-Length"),
        ("redirect", "303"),
        ("cookies", "two cookies"),
        ("snowman", "a header beyond Latin-1"),
        ("complain", "a line for the error log"),
    ] {
        list.push(get(name, &format!("/{path}")));
    }
    for status in [
        "404+Not+Found",
        "299+Odd",
        "599+Odder",
        "102+Processing",
        "600+High",
        "2000+High",
        "20+Low",
        "200+",
        "200",
        "OK+200",
        "200++OK",
    ] {
        let name = format!("status {status:?}").replace('+', " ");
        list.push(get(&name, &format!("/status?{status}")));
    }
    for header in [
        "X-Name/caf%E9",
        "Server/mine",
        "Date/today",
        "Status/404",
        "Connection/close",
        "Keep-Alive/1",
        "Transfer-Encoding/identity",
        "Trailer/X-Name",
        "Content-Length/twelve",
        "Content-Type/text",
        "Bad%20Name/value",
    ] {
        let shown = header.replacen('/', ": ", 1);
        let name = format!("answer with {shown}").replace("%20", " ");
        list.push(get(&name, &format!("/header/{header}")));
    }
    list
}

/// Answers to HEAD.
fn heads() -> Vec<Request> {
    let head = |name: &str, path: &str| {
        let name = format!("HEAD of {name}");
        let first = format!("HEAD /{path} HTTP/1.1");
        line(&name, &first, &[HOST, CLOSE], "")
    };
    vec![
        head("a page", "hello"),
        head("an array", "array"),
        head("a stream", "stream"),
        head("a Content-Length", "exact"),
        head("no blocks", "empty-array"),
        head("write", "write"),
        head("204", "no-content"),
        head("an error at once", "error-at-once"),
        head("an error after a block", "error-after-a-block"),
    ]
}

/// Errors, and what is closed after them.
fn errors() -> Vec<Request> {
    let mut list = Vec::new();
    for path in [
        "error-at-once",
        "error-after-start",
        "error-in-the-first-block",
        "error-after-an-empty-block",
        "error-after-a-block",
        "error-before-the-length",
        "error-after-write",
        "restart",
        "restart-too-late",
        "closing",
        "closing-after-an-error",
        "closing-a-long-body",
        "closed",
    ] {
        let name = path.replace('-', " ");
        list.push(get(&name, &format!("/{path}")));
    }
    let first = "HEAD /closing HTTP/1.1";
    list.push(line("HEAD of closing", first, &[HOST, CLOSE], ""));
    list.push(get("closed once more", "/closed"));
    list
}

const HOST: &str = "Host: example.com";
const CLOSE: &str = "Connection: close";

fn get(name: &str, target: &str) -> Request {
    let first = format!("GET {target} HTTP/1.1");
    line(name, &first, &[HOST, CLOSE], "")
}

fn with(name: &str, fields: &[&str]) -> Request {
    let fields = [&[HOST, CLOSE], fields].concat();
    line(name, "GET /environ HTTP/1.1", &fields, "")
}

fn post(
    name: &str,
    target: &str,
    fields: &[&str],
    body: &str,
) -> Request {
    let first = format!("POST {target} HTTP/1.1");
    let length = format!("Content-Length: {}", body.len());
    let fields = [&[HOST, CLOSE, &length], fields].concat();
    line(name, &first, &fields, body)
}

/// A request of these lines, and a body.
fn line(
    name: &str,
    first: &str,
    fields: &[&str],
    body: &str,
) -> Request {
    let lines = [&[first], fields, &["", body]].concat();
    Request { name: name.into(), bytes: lines.join("\r\n").into() }
}

#[test]
fn there_are_at_least_60_requests_each_with_its_own_name() {
    let names = all().into_iter().map(|request| request.name);
    let names: std::collections::BTreeSet<String> = names.collect();
    assert_eq!(names.len(), all().len());
    assert!(names.len() >= 60, "{}", names.len());
}
