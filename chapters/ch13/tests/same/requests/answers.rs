//! Statuses, headers and errors.

use super::{Request, get, request};

pub fn all() -> Vec<Request> {
    let mut list = vec![
        get("HTML", "/html"),
        request("HEAD", "HEAD", "/html"),
        request("HEAD of a handler's own", "HEAD", "/head"),
        request("HEAD of no such path", "HEAD", "/no/such/path"),
        request("PUT", "PUT", "/methods").body("", "Hello"),
        request("DELETE", "DELETE", "/methods"),
        request("a method that is not allowed", "PATCH", "/methods"),
        get("a method that is the only one", "/only-put"),
        request("HEAD where GET is not allowed", "HEAD", "/only-put"),
        request("OPTIONS that is not allowed", "OPTIONS", "/methods"),
        get("see other", "/see-other"),
        get("a temporary redirect", "/temporary"),
        get("a permanent redirect", "/permanent"),
        get("three cookies", "/cookies").field("Cookie: a=1; b=2"),
        get("an error", "/sum/1/two"),
        get("another error", "/sum/200/100"),
        get("no error", "/sum/200/55"),
        get("a panic", "/panic"),
        get("a WebSocket", "/socket")
            .only("HTTP/1.1", &UPGRADE)
            .field("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        get("a WebSocket without its fields", "/socket"),
    ];
    for status in [
        100, 101, 102, 199, 200, 203, 204, 205, 206, 226, 299, 300,
        304, 399, 404, 418, 451, 499, 500, 511, 599, 600, 999, 1000,
    ] {
        let target = format!("/status/{status}");
        list.push(get(&format!("status {status}"), target));
    }
    for status in [204, 304] {
        let target = format!("/status/{status}");
        list.push(request(
            &format!("HEAD of {status}"),
            "HEAD",
            target,
        ));
    }
    for (name, value) in [
        ("x-name", "caf%C3%A9"),
        ("x-name", "a%09b"),
        ("x-name", ""),
        ("server", "mine"),
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("connection", "close"),
        ("keep-alive", "timeout=5"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "other/1"),
        ("status", "404"),
        ("trailer", "x-sum"),
        ("content-length", "3"),
        ("content-length", "30"),
        ("content-type", ""),
        ("location", "/caf%C3%A9"),
        ("x-sendfile", "/etc/hostname"),
    ] {
        let target = format!("/header/{name}?is={value}");
        let target = target.replace(' ', "+");
        let name = format!("an answer with {name}: {value}");
        list.push(get(&name, target));
    }
    list
}

const UPGRADE: [&str; 4] = [
    "Host: example.com",
    "Connection: Upgrade, close",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
];
