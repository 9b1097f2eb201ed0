//! What is a host and what is none, for everybody who asks: RFC 9110,
//! section 7.2, and RFC 3986, section 3.2.2.

use super::environ;
use gateway::exchange::{self, Protocol};
use gateway::request_head::RequestHead;
use gateway::{Environ, ProxyField, StartResponse, behind_proxy};

const HOSTS: &[&str] = &[
    "a",
    "a:",
    "a:80",
    "a:0080",
    "a:99999999999999999999",
    "A.Example.",
    "a_b",
    "-._~!$&'()*+;=",
    "%41%C3%ab",
    "a%2Fb",
    "192.0.2.7",
    "192.0.2.7:80",
    // Not an IPv4 address, but a name.
    "999.0.2.7",
    "1.2",
    "[::1]",
    "[::1]:",
    "[::1]:80",
    "[2001:DB8::a]",
    "[::ffff:192.0.2.7]:80",
];

const EMPTY: &[&str] = &["", ":", ":80"];

const NONE: &[&str] = &[
    "a:b",
    "a:b:c",
    "a:80:80",
    "a::",
    "a:-1",
    "a:+1",
    "a:80a",
    "a: 80",
    "a:%38",
    "%",
    "%4",
    "%zz",
    "%4z",
    "%%41",
    "a%",
    "[",
    "]",
    "[]",
    "a]",
    "[a",
    "[::1",
    "::1",
    "::1]",
    "[::1]]",
    "[[::1]]",
    "[::1]a",
    "a[::1]",
    "[::1]:80:80",
    "[::1]:a",
    "[::1]:]",
    "[::g]",
    "[1::2::3]",
    "[1:2:3:4:5:6:7:8:9]",
    "[192.0.2.7]",
    "[a]",
    "[::1%25eth0]",
    "[::1%1]",
    "[ ::1]",
    // To come, RFC 3986 says, and has not come.
    "[v1.a]",
    "me@a",
    "a/b",
    "a\\b",
    "a?b",
    "a#b",
    "a b",
    "a<b",
    "a\"",
    "a^b",
    "a`b",
    "a{b}",
    "a|b",
    "a\u{eb}",
    "a\u{ff10}",
    "a:\u{661}",
];

fn get(target: &[u8], host: &[u8]) -> Result<(), String> {
    let head = RequestHead {
        method: "GET",
        target,
        version: (1, 1),
        fields: &[("Host", host)],
    };
    head.check().map(drop).map_err(|error| error.to_string())
}

/// By the field and by the target in absolute form.
fn is_taken(host: &str) -> [Result<(), String>; 2] {
    let target = format!("http://{host}/a?b");
    [get(b"/a", host.as_bytes()), get(target.as_bytes(), b"a")]
}

fn url(host: &str) -> Result<String, String> {
    let environ = environ(&[("HTTP_HOST", host)]);
    environ.url().map(String::from).map_err(|e| e.to_string())
}

/// The host that the application sees if a proxy states this one.
fn stated(host: &str) -> String {
    let app = |environ: &mut Environ, start_response: StartResponse| {
        let host = environ.get("HTTP_HOST").unwrap().into_owned();
        Ok(start_response("200 OK", &[])?.body(host))
    };
    let app = behind_proxy(app, [], [ProxyField::Host]);
    let mut environ = environ(&[("HTTP_X_FORWARDED_HOST", host)]);
    environ.set("HTTP_HOST", "backend");
    let mut out = Vec::new();
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    let out = String::from_utf8(out).unwrap();
    out.split_once("\r\n\r\n").unwrap().1.to_string()
}

#[test]
fn a_host_is_one_for_everybody() {
    for host in HOSTS {
        assert_eq!(is_taken(host), [Ok(()), Ok(())], "{host:?}");
        assert_eq!(stated(host), *host);
    }
    // The URL Standard is stricter ("Host parsing", port state).
    let is_url = |host: &&&str| url(host).is_ok();
    let others: Vec<_> = HOSTS.iter().filter(|h| !is_url(h)).collect();
    let stricter = ["a:99999999999999999999", "a%2Fb", "999.0.2.7"];
    assert_eq!(others, stricter.iter().collect::<Vec<_>>());
}

#[test]
fn an_empty_host_is_one_in_the_field_alone() {
    for host in EMPTY {
        let [field, target] = is_taken(host);
        assert_eq!(field, Ok(()), "{host:?}");
        let error = target.unwrap_err();
        assert!(
            error.starts_with("400 Bad Request: target"),
            "{error}"
        );
        assert_eq!(stated(host), "backend");
        let error = url(host).unwrap_err();
        assert!(error.starts_with("400 Bad Request: "), "{error}");
    }
}

#[test]
fn what_is_no_host_is_none_for_everybody() {
    for host in NONE {
        let [field, target] = is_taken(host);
        assert_eq!(
            field.unwrap_err(),
            format!("400 Bad Request: Host {host:?}")
        );
        // These end the host, and begin a path or a query.
        if !host.contains(['/', '?']) {
            let error = target.unwrap_err();
            let start = "400 Bad Request: target ";
            assert!(error.starts_with(start), "{host:?}: {error}");
        }
        assert_eq!(stated(host), "backend", "{host:?}");
        assert_eq!(
            url(host).unwrap_err(),
            format!("400 Bad Request: host {host:?}")
        );
    }
    assert!(get(b"/", b"a\xff").is_err());
}
