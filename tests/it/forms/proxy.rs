//! What a proxy says, and who is believed.

use super::{Chance, environ};
use gateway::ProxyField::{self, For, Host, Proto};
use gateway::exchange::{self, Protocol};
use gateway::{Environ, StartResponse, behind_proxy};
use std::net::IpAddr;

const ALL: [ProxyField; 3] = [For, Proto, Host];

/// The client, the scheme and the host that an application sees behind
/// proxies at 10.0.0.1, 10.0.0.2 and 2001:db8::1, and what else is left
/// that came from one of them.
fn seen(fields: &[ProxyField], variables: &[(&str, &[u8])]) -> String {
    let app = |environ: &mut Environ, start_response: StartResponse| {
        let get = |name| environ.get(name).unwrap_or_default();
        let mut text = format!(
            "{} {}://{}",
            get("REMOTE_ADDR"),
            environ.url_scheme,
            get("HTTP_HOST"),
        );
        for (name, value) in environ.variables() {
            if !["REMOTE_ADDR", "HTTP_HOST"].contains(&name) {
                text += &format!(" {name}={}", value.escape_ascii());
            }
        }
        let headers = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &headers)?.body(text))
    };
    let proxies = ["10.0.0.1", "::ffff:10.0.0.2", "2001:db8::1"];
    let proxies = proxies.map(|ip| ip.parse::<IpAddr>().unwrap());
    let app = behind_proxy(app, proxies, fields);
    let mut environ = environ(&[("HTTP_HOST", "backend")]);
    for (name, value) in variables {
        environ.set(name, value);
    }
    let mut out = Vec::new();
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    let out = String::from_utf8(out).unwrap();
    out.split_once("\r\n\r\n").unwrap().1.to_string()
}

const FOR: &str = "HTTP_X_FORWARDED_FOR";
const PROTO: &str = "HTTP_X_FORWARDED_PROTO";
const HOST: &str = "HTTP_X_FORWARDED_HOST";

/// With all three fields named, from a proxy.
fn forwarded(client: &str, scheme: &str, host: &str) -> String {
    let variables = [
        ("REMOTE_ADDR", &b"10.0.0.1"[..]),
        (FOR, client.as_bytes()),
        (PROTO, scheme.as_bytes()),
        (HOST, host.as_bytes()),
    ];
    seen(&ALL, &variables)
}

/// The client's address, by `X-Forwarded-For` from a proxy.
fn client(list: &[u8]) -> String {
    let variables = [("REMOTE_ADDR", &b"10.0.0.1"[..]), (FOR, list)];
    let seen = seen(&ALL, &variables);
    seen.strip_suffix(" http://backend").unwrap().to_string()
}

#[test]
fn a_proxy_names_client_scheme_and_host() {
    assert_eq!(
        forwarded("192.0.2.7", "https", "example.org"),
        "192.0.2.7 https://example.org"
    );
    assert_eq!(
        forwarded("2001:db8::7", "HTTP", "[::1]:8000"),
        "2001:db8::7 http://[::1]:8000"
    );
}

/// Everything that a proxy may send, of which some fields are named.
#[test]
fn a_field_that_is_not_named_is_not_looked_at_and_gone() {
    let variables = [
        ("REMOTE_ADDR", &b"10.0.0.1"[..]),
        ("REMOTE_PORT", b"4711"),
        (FOR, b"192.0.2.7"),
        (PROTO, b"https"),
        (HOST, b"example.org"),
        ("HTTP_FORWARDED", b"for=6.6.6.6;proto=https;host=evil"),
    ];
    for (fields, expected) in [
        (&[][..], "10.0.0.1 http://backend REMOTE_PORT=4711"),
        (&[For], "192.0.2.7 http://backend"),
        (&[Proto], "10.0.0.1 https://backend REMOTE_PORT=4711"),
        (&[Host], "10.0.0.1 http://example.org REMOTE_PORT=4711"),
        (&[For, Proto], "192.0.2.7 https://backend"),
        (&[Host, For], "192.0.2.7 http://example.org"),
        (&ALL, "192.0.2.7 https://example.org"),
    ] {
        assert_eq!(seen(fields, &variables), expected, "{fields:?}");
    }
}

#[test]
fn whoever_is_no_proxy_is_not_believed() {
    for peer in ["192.0.2.1", "127.0.0.1", "10.0.0.10", "unknown", ""] {
        let lies = [
            ("REMOTE_ADDR", peer.as_bytes()),
            ("REMOTE_PORT", b"4711"),
            (FOR, b"1.1.1.1"),
            (PROTO, b"https"),
            (HOST, b"evil"),
            ("HTTP_FORWARDED", b"for=1.1.1.1;proto=https;host=evil"),
        ];
        let expected =
            format!("{peer} http://backend REMOTE_PORT=4711");
        assert_eq!(seen(&ALL, &lies), expected);
    }
}

/// They would be another client's.
#[test]
fn the_proxys_port_and_name_go_with_its_address() {
    let variables = [
        ("REMOTE_ADDR", &b"10.0.0.1"[..]),
        ("REMOTE_PORT", b"4711"),
        ("REMOTE_HOST", b"localhost"),
        (FOR, b"192.0.2.7:80"),
    ];
    assert_eq!(seen(&[For], &variables), "192.0.2.7 http://backend");
}

#[test]
fn an_address_is_read_in_all_its_forms() {
    for (text, expected) in [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:80", "192.0.2.7"),
        (" \t192.0.2.7\t ", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0::0:7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:80", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("[::ffff:192.0.2.7]", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
    ] {
        assert_eq!(client(text.as_bytes()), expected, "{text:?}");
        let list = format!("1.1.1.1,{text}");
        assert_eq!(client(list.as_bytes()), expected, "{list:?}");
    }
}

/// An "only from this machine" rule must not be open.
#[test]
fn what_is_no_address_is_unknown_and_ends_belief() {
    for text in [
        &b""[..],
        b" ",
        b"unknown",
        b"_hidden",
        b"unix:",
        b"for=1.1.1.1",
        b"\"192.0.2.7\"",
        b"\"[2001:db8::7]:80\"",
        b"192.0.2.7 x",
        b"192.0.2.7;x",
        b"192.0.2.7:",
        b"192.0.2.7:x",
        b"192.0.2.7:99999",
        b"192.0.2",
        b"192.0.2.256",
        b"010.0.0.1",
        b"[192.0.2.7]",
        b"[2001:db8::7",
        b"2001:db8::7]",
        b"[2001:db8::7]x",
        b"[]",
        b"10.0.0.2\xff",
        b"\xe2\x80\x83",
    ] {
        let shown = text.escape_ascii();
        assert_eq!(client(text), "unknown", "{shown}");
        // Whatever is before it, from one proxy or from the next.
        let list = [b"1.1.1.1, ", text].concat();
        assert_eq!(client(&list), "unknown", "{shown}");
        let list = [b"1.1.1.1, ", text, b", 10.0.0.2"].concat();
        assert_eq!(client(&list), "unknown", "{shown}");
    }
}

/// A proxy can be brought to leave a field out: CVE-2022-31813.
#[test]
fn a_proxy_that_says_nothing_is_not_the_client() {
    let nothing = [("REMOTE_ADDR", &b"10.0.0.1"[..])];
    assert_eq!(seen(&ALL, &nothing), "unknown http://backend");
    let nothing = [(PROTO, &b"https"[..])];
    assert_eq!(seen(&ALL, &nothing), "unknown https://backend");
}

#[test]
fn only_what_proxies_have_added_is_believed() {
    // The client said it was 1.1.1.1, and came from 192.0.2.7.
    assert_eq!(
        forwarded(
            "1.1.1.1, 192.0.2.7",
            "x, https",
            "evil, example.org"
        ),
        "192.0.2.7 https://example.org"
    );
    // Through two proxies, of which each has said where it was asked.
    assert_eq!(
        forwarded(
            "1.1.1.1, 192.0.2.7, 10.0.0.2",
            "http,https, http",
            "evil,example.org,inner"
        ),
        "192.0.2.7 https://example.org"
    );
    // Through two, and the scheme was told by the last alone.
    assert_eq!(
        forwarded("1.1.1.1, 192.0.2.7, 10.0.0.2", "https", ""),
        "192.0.2.7 https://backend"
    );
}

#[test]
fn if_all_are_proxies_the_first_is_as_far_as_anybody_knows() {
    assert_eq!(client(b"10.0.0.2"), "10.0.0.2");
    assert_eq!(client(b"10.0.0.1, 2001:db8::1"), "10.0.0.1");
}

/// Belief goes from proxy to proxy, whatever their addresses look like.
#[test]
fn an_address_is_compared_as_what_it_is() {
    for peer in ["10.0.0.2", "::ffff:10.0.0.2", "::ffff:a00:2"] {
        let variables =
            [("REMOTE_ADDR", peer.as_bytes()), (FOR, b"192.0.2.7")];
        let seen = seen(&ALL, &variables);
        assert_eq!(seen, "192.0.2.7 http://backend", "{peer}");
    }
    for proxy in
        ["10.0.0.2:80", "::ffff:10.0.0.2", "[2001:db8:0::1]:443"]
    {
        let list = format!("1.1.1.1, 192.0.2.7, {proxy}");
        assert_eq!(client(list.as_bytes()), "192.0.2.7", "{proxy}");
    }
}

#[test]
fn a_host_or_scheme_that_is_none_changes_nothing() {
    for host in [
        "", ":80", "a b<c>", "a/b", "a:b:c", "[::1", "%zz", "me@a",
        "\"a\"", "a;b\"", "a\u{eb}", "a\0",
    ] {
        assert_eq!(
            forwarded("192.0.2.7", "https", host),
            "192.0.2.7 https://backend",
            "{host:?}"
        );
    }
    for scheme in ["", "ftp", "httpss", "http s", "\"https\"", "on"] {
        assert_eq!(
            forwarded("192.0.2.7", scheme, "example.org"),
            "192.0.2.7 http://example.org",
            "{scheme:?}"
        );
    }
    // Both at once, in the middle of a chain that goes on.
    assert_eq!(
        forwarded(
            "192.0.2.7, 10.0.0.2",
            "HTTPS, wss",
            "example.org, a b"
        ),
        "192.0.2.7 https://example.org"
    );
}

#[test]
fn the_scheme_of_the_server_can_be_taken_back() {
    let app = |environ: &mut Environ, start_response: StartResponse| {
        assert_eq!(environ.url_scheme, "http");
        Ok(start_response("204 No Content", &[])?.body(""))
    };
    let app = behind_proxy(app, [], [Proto]);
    let mut environ = environ(&[(PROTO, "http")]);
    environ.url_scheme = "https";
    let mut out = Vec::new();
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    assert!(out.starts_with(b"Status: 204"));
}

#[test]
fn a_unix_socket_is_a_proxys() {
    let variables = [(FOR, &b"192.0.2.7"[..])];
    assert_eq!(seen(&ALL, &variables), "192.0.2.7 http://backend");
}

/// Quotes, commas and whole lists of other fields, as a stranger may
/// write them before our proxy adds its own.
#[test]
fn whatever_a_stranger_writes_the_end_of_a_list_is_ours() {
    let pieces: [&[u8]; 24] = [
        b",",
        b", ",
        b" ",
        b"\t",
        b"\"",
        b"\\",
        b"\\\"",
        b";",
        b"=",
        b"for=",
        b"host=evil",
        b"proto=https",
        b"6.6.6.6",
        b"10.0.0.1",
        b"10.0.0.2",
        b"[::1]",
        b"[",
        b"]",
        b":",
        b"unknown",
        b"%",
        b"'",
        b"\xff",
        b"\xc3\xab",
    ];
    let mut chance = Chance(7239);
    for _ in 0..3000 {
        let mut field = |added: &[u8]| {
            let mut field = Vec::new();
            for _ in 0..chance.below(12) {
                match chance.below(3) {
                    // Anything but control characters.
                    0 => field.push(match chance.below(256) as u8 {
                        b if b.is_ascii_control() => b'"',
                        b => b,
                    }),
                    _ => field.extend(chance.pick(&pieces)),
                }
            }
            [&field, &b", "[..], added].concat()
        };
        let variables = [
            ("REMOTE_ADDR", b"10.0.0.1".to_vec()),
            ("HTTP_FORWARDED", field(b"for=6.6.6.6")),
            (FOR, field(b"203.0.113.9")),
            (PROTO, field(b"http")),
            (HOST, field(b"good.example")),
        ];
        let variables =
            variables.each_ref().map(|(n, value)| (*n, &value[..]));
        assert_eq!(
            seen(&ALL, &variables),
            "203.0.113.9 http://good.example",
            "{:?}",
            variables.map(|(_, v)| v.escape_ascii().to_string())
        );
    }
}
