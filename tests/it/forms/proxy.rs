//! What a proxy says, and who is believed.

use super::environ;
use gateway::exchange::{self, Protocol};
use gateway::{Environ, ProxyFields, StartResponse, behind_proxy};

/// The address, scheme and host that the application sees behind
/// proxies at 10.0.0.1 and 10.0.0.2.
fn seen(fields: ProxyFields, variables: &[(&str, &str)]) -> String {
    let app = |environ: &mut Environ, start_response: StartResponse| {
        let left: Vec<_> =
            environ.keys().into_iter().map(String::from).collect();
        let left = left.iter().filter(|key| key.contains("FORWARDED"));
        let get = |name| environ.get(name).unwrap_or_default();
        let text = format!(
            "{} {}://{}{}",
            get("REMOTE_ADDR"),
            environ.url_scheme,
            get("HTTP_HOST"),
            left.map(|key| format!(" {key}")).collect::<String>(),
        );
        let headers = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &headers)?.body(text))
    };
    let proxies =
        ["10.0.0.1", "10.0.0.2"].map(|ip| ip.parse().unwrap());
    let app = behind_proxy(app, proxies, fields);
    let mut environ = environ(variables);
    environ.set("HTTP_HOST", "backend");
    let mut out = Vec::new();
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    let out = String::from_utf8(out).unwrap();
    out.split_once("\r\n\r\n").unwrap().1.to_string()
}

/// With `Forwarded`, from a proxy.
fn forwarded(value: &str) -> String {
    let variables =
        [("REMOTE_ADDR", "10.0.0.1"), ("HTTP_FORWARDED", value)];
    seen(ProxyFields::Forwarded, &variables)
}

/// With `X-Forwarded-For`, `-Proto` and `-Host`, from a proxy.
fn x_forwarded(client: &str, scheme: &str, host: &str) -> String {
    let variables = [
        ("REMOTE_ADDR", "10.0.0.1"),
        ("HTTP_X_FORWARDED_FOR", client),
        ("HTTP_X_FORWARDED_PROTO", scheme),
        ("HTTP_X_FORWARDED_HOST", host),
    ];
    seen(ProxyFields::XForwarded, &variables)
}

// RFC 7239, section 4
#[test]
fn forwarded_names_client_scheme_and_host() {
    assert_eq!(
        forwarded("for=192.0.2.7;proto=https;host=example.org"),
        "192.0.2.7 https://example.org"
    );
    assert_eq!(
        forwarded("For=\"[2001:db8::7]:4711\" ; PROTO=HTTPS"),
        "2001:db8::7 https://backend"
    );
    assert_eq!(
        forwarded("for=\"192.0.2.7:80\";host=\"a;b,c\""),
        "192.0.2.7 http://a;b,c"
    );
    assert_eq!(forwarded("by=10.0.0.1"), "10.0.0.1 http://backend");
}

#[test]
fn three_fields_say_the_same() {
    assert_eq!(
        x_forwarded("192.0.2.7", "https", "example.org"),
        "192.0.2.7 https://example.org"
    );
    assert_eq!(
        x_forwarded("2001:db8::7", "HTTP", ""),
        "2001:db8::7 http://backend"
    );
}

#[test]
fn whoever_is_no_proxy_is_not_believed() {
    let lies = [
        ("REMOTE_ADDR", "192.0.2.1"),
        ("HTTP_FORWARDED", "for=1.1.1.1;proto=https;host=evil"),
        ("HTTP_X_FORWARDED_FOR", "1.1.1.1"),
        ("HTTP_X_FORWARDED_PROTO", "https"),
        ("HTTP_X_FORWARDED_HOST", "evil"),
    ];
    for fields in [ProxyFields::Forwarded, ProxyFields::XForwarded] {
        assert_eq!(seen(fields, &lies), "192.0.2.1 http://backend");
    }
}

#[test]
fn the_other_fields_are_the_clients_and_not_believed() {
    let variables = [
        ("REMOTE_ADDR", "10.0.0.1"),
        ("HTTP_FORWARDED", "for=1.1.1.1;proto=https;host=evil"),
        ("HTTP_X_FORWARDED_FOR", "192.0.2.7"),
    ];
    assert_eq!(
        seen(ProxyFields::XForwarded, &variables),
        "192.0.2.7 http://backend"
    );
}

#[test]
fn only_what_proxies_have_added_is_believed() {
    // The client said it was 1.1.1.1, and came from 192.0.2.7.
    assert_eq!(
        x_forwarded("1.1.1.1, 192.0.2.7", "https", "example.org"),
        "192.0.2.7 https://example.org"
    );
    // Through two proxies.
    assert_eq!(
        x_forwarded("1.1.1.1, 192.0.2.7, 10.0.0.2", "https", ""),
        "192.0.2.7 https://backend"
    );
    assert_eq!(
        forwarded(
            "for=1.1.1.1;host=evil, for=192.0.2.7;host=example.org, \
             for=10.0.0.2;proto=https"
        ),
        "192.0.2.7 https://example.org"
    );
}

#[test]
fn a_client_without_an_address_ends_the_chain() {
    for unknown in ["unknown", "_hidden", "\"\"", "\"[::1\""] {
        assert_eq!(
            forwarded(&format!("for=1.1.1.1, for={unknown}")),
            "10.0.0.1 http://backend"
        );
    }
}

#[test]
fn a_unix_socket_is_a_proxys() {
    let variables = [("HTTP_X_FORWARDED_FOR", "192.0.2.7")];
    assert_eq!(
        seen(ProxyFields::XForwarded, &variables),
        "192.0.2.7 http://backend"
    );
}
