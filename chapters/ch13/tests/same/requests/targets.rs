//! Methods, targets, versions and fields.

use super::{Request, get, request};

pub fn all() -> Vec<Request> {
    let lists = [targets(), queries(), fields(), connections()];
    lists.into_iter().flatten().collect()
}

fn targets() -> Vec<Request> {
    vec![
        get("the root", "/"),
        get("state and extension", "/state"),
        get("no such path", "/no/such/path"),
        get("a path", "/path/Ada/7"),
        get("a path with escapes", "/path/caf%C3%A9%20au%20lait/7"),
        get("an escaped slash", "/path/a%2Fb/7"),
        get("a plus sign", "/path/a+b/7"),
        get("an escaped percent sign", "/path/a%2541/7"),
        get("a path in Latin-1", "/path/caf%E9/7"),
        get("a path in Latin-1, checked", "/path/caf%E9/7/checked"),
        get("a path of which a part is no number", "/path/Ada/seven"),
        get("the same, checked", "/path/Ada/seven/checked"),
        get("a rest", "/rest/a/b%2Fc/caf%C3%A9"),
        get("a rest with empty parts", "/rest//a//b/"),
        get("a part that is there", "/maybe/yes"),
        get("a part that may be missing", "/maybe"),
        get("a slash too much", "/state/"),
        get("what a handler sees", "/uri"),
        get(
            "what a handler sees of escapes",
            "/uri/a%2fb+c%41?d=%C3%A9",
        ),
        get("what a handler sees of dots", "/uri/./a/../b"),
        get("what a handler sees of signs", "/uri/a;b=1,2:@&$!*'()~"),
        get("a nested router", "/outer"),
        get("a nested router's slash", "/outer/"),
        get("a router nested twice", "/outer/inner"),
        get("a path in a router nested twice", "/outer/inner/a%20b"),
        get("the fallback of a nested router", "/outer/inner/a/b"),
        get("a path that is nowhere in a router", "/outer/other"),
        get("an absolute target", "http://example.com/uri?a=1"),
        request("a method of one's own", "BREW", "/uri"),
        request("a method in lower case", "get", "/uri"),
        request("OPTIONS", "OPTIONS", "/uri"),
        request("OPTIONS *", "OPTIONS", "*"),
        get("a path with bytes beyond ASCII", "/path/caf\u{e9}/7"),
    ]
}

fn queries() -> Vec<Request> {
    let long = format!("/query/raw?{}", "a=bcd&".repeat(1000));
    vec![
        get("a query", "/query?word=caf%C3%A9+noir&page=2"),
        get("a query without what is optional", "/query?word="),
        get("a query without what it must have", "/query?page=2"),
        get("a query of a wrong type", "/query?word=a&page=two"),
        get("a query, checked", "/query/checked?word=a&page=two"),
        get("no query", "/query/raw"),
        get("an empty query", "/query/raw?"),
        get("an empty query of the root", "/?"),
        get("a query as it is", "/query/raw?a+b%20c&&=?/%zz"),
        get("a long query", long),
    ]
}

fn fields() -> Vec<Request> {
    vec![
        get("fields", "/fields")
            .field("User-Agent: tests")
            .field("X-Name:   two  words  ")
            .field("X-Empty:")
            .field("Accept: text/html, */*;q=0.1"),
        get("a field twice", "/fields")
            .field("X-Name: one")
            .field("X-Name: two"),
        get("a field in Latin-1", "/fields").field(b"X-Name: caf\xe9"),
        get("a field with an underscore", "/fields").field("X_Name: a"),
        get("a field Proxy", "/fields")
            .field("Proxy: http://a.example"),
        get("fields of a connection", "/fields")
            .field("Keep-Alive: 5")
            .field("TE: trailers")
            .field("Upgrade: other/1"),
        get("credentials", "/fields")
            .field("Authorization: Basic YTpi"),
        get("two cookies in two fields", "/fields")
            .field("Cookie: a=1")
            .field("Cookie: b=2"),
        get("a type without a body", "/fields")
            .field("Content-Type: text/x-a"),
        get("the client's address", "/client"),
    ]
}

fn connections() -> Vec<Request> {
    let one = || get("one", "/state");
    vec![
        get("HTTP/1.0", "/uri").only("HTTP/1.0", &[]),
        get("HTTP/1.0 with a stream", "/blocks").only("HTTP/1.0", &[]),
        get("HTTP/1.0 that stays", "/state")
            .only("HTTP/1.0", &["Host: a.example"])
            .after(get("", "/state").only(
                "HTTP/1.0",
                // Of which the second is taken out.
                &["Connection: keep-alive", "Connection: close"],
            )),
        get("no Host", "/uri").only("HTTP/1.1", &["Connection: close"]),
        get("two requests", "/uri").after(one()),
        get("a stream and a request", "/uri").after(get("", "/blocks")),
        get("a body and a request", "/uri")
            .after(super::post("", "/bytes", "", "Hello")),
        get("a body in chunks and a request", "/uri").after(
            request("", "POST", "/bytes")
                .chunks("3\r\none\r\n0\r\n\r\n"),
        ),
        get("a body that is not read, and a request", "/uri")
            .after(super::post("", "/ignore", "", "Hello")),
        get("HEAD and a request", "/uri").after(request(
            "",
            "HEAD",
            "/blocks/sized",
        )),
        get("204 and a request", "/uri")
            .after(request("", "DELETE", "/methods")),
    ]
}
