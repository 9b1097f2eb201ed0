//! Forms from elsewhere: every combination of what a browser says, and
//! what becomes of the body.

mod body;

use super::acts::TEXT;
use super::{Visitor, stores};
use gateway::middleware::csrf::{self, csrf};
use gateway::middleware::session::{Session, Store, session};
use gateway::testing::{Answer, ask, environ, get};
use gateway::{
    Application, Environ, Failure, ProxyField, Result, StartResponse,
    app, behind_proxy,
};
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::Arc;

const FORM: &str = "application/x-www-form-urlencoded";

/// What may pass, by Sec-Fetch-Site, Origin and the token; anything
/// else may not.
const PASSES: [(&str, &str, &str); 11] = [
    ("same-origin", "*", "*"),
    ("none", "*", "*"),
    ("-", "http://localhost", "*"),
    ("-", "-", "right, in the header"),
    ("-", "-", "masked otherwise, in the header"),
    ("-", "-", "right, in a form"),
    ("-", "-", "right, behind other fields"),
    ("-", "null", "right, in the header"),
    ("-", "null", "masked otherwise, in the header"),
    ("-", "null", "right, in a form"),
    ("-", "null", "right, behind other fields"),
];

const SITES: [&str; 7] =
    ["-", "same-origin", "none", "same-site", "cross-site", "*", ""];

const ORIGINS: [&str; 12] = [
    "-",
    "null",
    "http://localhost",
    "http://localhost:80/",
    "http://LOCALHOST",
    "https://localhost",
    "http://localhost:8000",
    "http://example.org",
    "http://sub.localhost",
    "localhost",
    "garbage",
    "",
];

const TOKENS: [&str; 14] = [
    "-",
    "right, in the header",
    "right, in a form",
    "right, behind other fields",
    "right, behind a wrong one",
    "right, in a multipart form",
    "right, in the query",
    "right, in a form, and a wrong one in the header",
    "masked otherwise, in the header",
    "of another session, in the header",
    "of before the renewal, in the header",
    "half of it, in the header",
    "garbage, in the header",
    "garbage, in a form",
];

/// A page with a token for GET; else says that it was reached, and with
/// which body.
fn site(store: &Arc<dyn Store>) -> impl Application + use<> {
    session(csrf(inner()), Arc::clone(store))
}

fn inner() -> impl Application {
    app(|environ, start_response| {
        let mut shown = csrf::token(environ)?;
        if environ.bytes("REQUEST_METHOD") != Some(b"GET") {
            shown = "reached: ".into();
            environ.input.read_to_string(&mut shown)?;
        }
        Ok(start_response("200 OK", &TEXT)?.body(shown))
    })
}

/// What one visitor may send.
struct Sent {
    right: String,
    otherwise: String,
    others: String,
    before: String,
}

impl Sent {
    fn new(
        site: &impl Application,
        store: &Arc<dyn Store>,
    ) -> (Visitor, Self) {
        let mut other = Visitor::default();
        let others = other.get(site, "/").text().into_owned();
        let mut ada = Visitor::default();
        let before = ada.get(site, "/").text().into_owned();
        ada.does(store, Session::renew);
        let right = ada.get(site, "/").text().into_owned();
        // What is under the mask is what counts.
        let [mask, masked] = [&right[..32], &right[32..]]
            .map(|half| u128::from_str_radix(half, 16).unwrap());
        let otherwise = format!("{:032x}{:032x}", !mask, !masked);
        (ada, Self { right, otherwise, others, before })
    }

    /// A POST with this token, and its body.
    fn post(&self, token: &str) -> (Environ, String) {
        let right = &self.right;
        let (of, place) = token.split_once(", ").unwrap_or((token, ""));
        let of = match of {
            "right" => right,
            "masked otherwise" => &self.otherwise,
            "of another session" => &self.others,
            "of before the renewal" => &self.before,
            "half of it" => &right[32..],
            _ => "no such token, é",
        };
        let mut kind = FORM;
        let mut body = "name=Zo%C3%AB".to_string();
        let mut post = environ("POST", "/?page=2");
        match place {
            "in the header" => post.set("HTTP_X_CSRF_TOKEN", of),
            "in a form" => body = format!("csrf={of}&{body}"),
            "behind other fields" => body += &format!("&a=b&csrf={of}"),
            "behind a wrong one" => {
                body += &format!("&csrf=x&csrf={of}");
            }
            "in a multipart form" => {
                kind = "multipart/form-data; boundary=X";
                body = format!(
                    "--X\r\nContent-Disposition: form-data; \
                     name=\"csrf\"\r\n\r\n{of}\r\n--X--\r\n"
                );
            }
            "in the query" => {
                post.set("QUERY_STRING", format!("csrf={of}"));
            }
            "in a form, and a wrong one in the header" => {
                body = format!("csrf={of}&{body}");
                post.set("HTTP_X_CSRF_TOKEN", &self.others);
            }
            _ => assert_eq!(token, "-"),
        }
        post.set("CONTENT_TYPE", kind);
        post.set("CONTENT_LENGTH", body.len().to_string());
        post.input = Box::new(Cursor::new(body.clone()));
        (post, body)
    }
}

#[test]
fn every_combination_of_what_a_browser_says() {
    for (name, store) in stores() {
        let site = site(&store);
        let (mut ada, sent) = Sent::new(&site, &store);
        let mut passed = 0;
        for of in SITES {
            for origin in ORIGINS {
                for token in TOKENS {
                    let (mut post, body) = sent.post(token);
                    for (field, value) in [
                        ("HTTP_SEC_FETCH_SITE", of),
                        ("HTTP_ORIGIN", origin),
                    ] {
                        if value != "-" {
                            post.set(field, value);
                        }
                    }
                    let answer = ada.ask(&site, post);
                    let is = |all: &str, one| all == "*" || all == one;
                    let may_pass = PASSES.iter().any(|row| {
                        is(row.0, of)
                            && is(row.1, origin)
                            && is(row.2, token)
                    });
                    let case = format!(
                        "{name}: {of:?}, {origin:?}, {token:?}"
                    );
                    if may_pass {
                        let reached = format!("reached: {body}");
                        assert_eq!(answer.text(), reached, "{case}");
                        assert_eq!(answer.log, "", "{case}");
                        passed += 1;
                    } else {
                        is_refused(&answer, &case);
                    }
                }
            }
        }
        assert_eq!(passed, 2 * 12 * 14 + 14 + 4 + 4, "{name}");
    }
}

#[track_caller]
fn is_refused(answer: &Answer, case: &str) {
    assert_eq!(answer.status, "403 Forbidden", "{case}");
    assert!(answer.text().contains("Go back"), "{case}");
    let log = "POST /: 403 Forbidden: a form from elsewhere: ";
    assert!(answer.log.starts_with(log), "{case}: {}", answer.log);
    assert_eq!(answer.log.lines().count(), 1, "{case}");
}

#[test]
fn what_does_not_act_passes_wherever_it_is_from() {
    let reached = csrf(app(|_, start_response| {
        Ok(start_response("204 No Content", &[])?.body(""))
    }));
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        let mut environ = environ(method, "/");
        environ.set("HTTP_SEC_FETCH_SITE", "cross-site");
        environ.set("HTTP_ORIGIN", "http://evil.example");
        let answer = ask(&reached, environ);
        assert_eq!(answer.status, "204 No Content", "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "QUERY", "get"] {
        let mut environ = environ(method, "/");
        environ.set("HTTP_SEC_FETCH_SITE", "cross-site");
        let answer = ask(&reached, environ);
        assert_eq!(answer.status, "403 Forbidden", "{method}");
    }
    // Nobody's word and no session to have a token in: a mistake of
    // whoever has put this together.
    let answer = ask(&reached, environ("POST", "/"));
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.log.contains("no session: put"), "{}", answer.log);
}

/// The reason is in the log, and no more.
#[test]
fn the_log_says_why() {
    let site = csrf(inner());
    for (field, value, reason) in [
        (
            "HTTP_SEC_FETCH_SITE",
            "same-site",
            "Sec-Fetch-Site: same-site",
        ),
        (
            "HTTP_ORIGIN",
            "http://evil.example",
            "Origin http://evil.example, at http://localhost",
        ),
        (
            "HTTP_ORIGIN",
            "x\nGET /: all is well\u{1b}[2J",
            "Origin x\n    GET /: all is well\\u{1b}[2J, at \
             http://localhost",
        ),
    ] {
        let mut environ = environ("POST", "/");
        environ.set(field, value);
        let log = format!(
            "POST /: 403 Forbidden: a form from elsewhere: {reason}\n"
        );
        assert_eq!(ask(&site, environ).log, log);
    }
}

#[test]
fn origins_are_compared_with_what_the_visitor_asked_for() {
    let proxy = "127.0.0.1".parse().unwrap();
    let fields = [ProxyField::For, ProxyField::Proto, ProxyField::Host];
    let reached = app(|_, start_response| {
        Ok(start_response("204 No Content", &[])?.body(""))
    });
    let site = behind_proxy(csrf(reached), [proxy], fields);
    for (scheme, host, origin, passes) in [
        ("https", "example.org", "https://example.org", true),
        ("https", "example.org:443", "https://example.org", true),
        ("https", "example.org:8443", "https://example.org:8443", true),
        ("https", "Example.ORG", "https://example.org", true),
        ("http", "example.org:80", "http://example.org", true),
        ("http", "[::1]:8000", "http://[::1]:8000", true),
        (
            "https",
            "xn--bcher-kva.example",
            "https://xn--bcher-kva.example",
            true,
        ),
        ("https", "example.org", "http://example.org", false),
        ("https", "example.org", "https://example.org:8443", false),
        ("https", "example.org", "https://example.org.", false),
        ("https", "example.org", "https://www.example.org", false),
        ("https", "example.org", "http://localhost", false),
        ("https", "example.org", "http://127.0.0.1", false),
    ] {
        let mut environ = environ("POST", "/a/b?c=d");
        environ.set("HTTP_X_FORWARDED_FOR", "192.0.2.1");
        environ.set("HTTP_X_FORWARDED_PROTO", scheme);
        environ.set("HTTP_X_FORWARDED_HOST", host);
        environ.set("HTTP_ORIGIN", origin);
        let answer = ask(&site, environ);
        let is_204 = answer.status == "204 No Content";
        assert_eq!(is_204, passes, "{origin} at {scheme}://{host}");
        assert!(is_204 || answer.status == "403 Forbidden");
    }
    // Without a Host there is the server's own name.
    let mut environ = environ("POST", "/");
    environ.remove("HTTP_HOST");
    environ.set("HTTP_ORIGIN", "http://localhost");
    assert_eq!(ask(&site, environ).status, "204 No Content");
}
