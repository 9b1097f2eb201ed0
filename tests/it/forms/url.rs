//! The URL of a request. Bare numbers in comments are lines of PEP
//! 3333.

use super::environ;

fn url(variables: &[(&str, &str)]) -> String {
    environ(variables).url().unwrap().to_string()
}

// 1377-1403
#[test]
fn host_paths_and_query_are_put_together() {
    let variables = [
        ("HTTP_HOST", "example.org"),
        ("SERVER_NAME", "10.0.0.1"),
        ("SERVER_PORT", "8000"),
        ("SCRIPT_NAME", "/my app"),
        ("PATH_INFO", "/caf\u{e9};v=1,2/?#%2F"),
        ("QUERY_STRING", "a=%C3%AB+x&b"),
    ];
    assert_eq!(
        url(&variables),
        "http://example.org/my%20app/caf%C3%A9;v=1,2/%3F%23%252F\
         ?a=%C3%AB+x&b"
    );
}

#[test]
fn without_a_host_the_server_says_its_name() {
    let variables =
        [("SERVER_NAME", "10.0.0.1"), ("SERVER_PORT", "8000")];
    assert_eq!(url(&variables), "http://10.0.0.1:8000/");
    let empty =
        [&variables[..], &[("HTTP_HOST", ""), ("PATH_INFO", "/x")]];
    assert_eq!(url(&empty.concat()), "http://10.0.0.1:8000/x");
    let six = [("SERVER_NAME", "[::1]"), ("SERVER_PORT", "8000")];
    assert_eq!(url(&six), "http://[::1]:8000/");
}

#[test]
fn the_scheme_decides_which_port_goes_without_saying() {
    for (scheme, port, expected) in [
        ("http", "80", "http://a/"),
        ("http", "443", "http://a:443/"),
        ("https", "443", "https://a/"),
        ("https", "80", "https://a:80/"),
    ] {
        let mut environ =
            environ(&[("SERVER_NAME", "a"), ("SERVER_PORT", port)]);
        environ.url_scheme = scheme;
        assert_eq!(environ.url().unwrap().as_str(), expected);
    }
}

#[test]
fn bytes_that_are_no_text_keep_their_escapes() {
    let mut environ = environ(&[("HTTP_HOST", "a")]);
    environ.set("PATH_INFO", b"/\xeb\x00");
    assert_eq!(environ.url().unwrap().path(), "/%EB%00");
}

#[test]
fn a_host_that_no_url_can_have_is_refused() {
    for host in [
        "a?b", "a b", "a\tb", "a/b", "a#b", "b@a", "a\\b", "[::1",
        "a:99999", "a<b", "",
    ] {
        let refused = environ(&[("HTTP_HOST", host)]).url();
        let refused = refused.map(|url| url.to_string()).unwrap_err();
        let refused = refused.to_string();
        assert!(refused.starts_with("400 Bad Request: "), "{host}");
    }
}
