//! What nobody should read over a shoulder, or in a copied report.

use crate::debugger::{browser, fails, form, sends};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Environ, app, watch};

/// Requests that have a secret, which is `hunter2`.
fn secrets() -> Vec<Environ> {
    let mut requests = Vec::new();
    for name in [
        "HTTP_COOKIE",
        "HTTP_AUTHORIZATION",
        "HTTP_PROXY_AUTHORIZATION",
        "HTTP_X_API_KEY",
        "HTTP_X_APIKEY",
        "HTTP_API_KEY",
        "HTTP_X_CSRF_TOKEN",
        "HTTP_X_AUTH_TOKEN",
        "HTTP_X_SECRET",
        "HTTP_PRIVATE_TOKEN",
        "HTTP_X_PASSWORD",
        "REDIRECT_HTTP_AUTHORIZATION",
    ] {
        let mut request = browser("/");
        request.set(name, "session=hunter2");
        requests.push(request);
    }
    for query in [
        "token=hunter2",
        "page=1&access_token=hunter2",
        "api_key=hunter2",
        "api-key=hunter2",
        "apiKey=hunter2",
        "PASSWORD=hunter2",
        "client_secret=hunter2",
        "passwd=hunter2",
        "passwort=hunter2",
    ] {
        let mut request = browser(&format!("/page?{query}"));
        let referer = format!("http://localhost/?{query}");
        request.set("HTTP_REFERER", referer);
        requests.push(request);
    }
    for body in [
        "name=Ada&password=hunter2",
        "{\"name\": \"Ada\",\n\"Password\": \"hunter2\"}",
        "csrf_token=hunter2",
        "Content-Disposition: form-data; name=\"passwd\"\n\nhunter2",
    ] {
        requests.push(sends("/login", body));
    }
    requests
}

/// A page without what is folded.
fn open(page: &str) -> String {
    let mut pieces = page.split("<details>");
    let first = pieces.next().unwrap().to_string();
    pieces.fold(first, |open, piece| {
        let (_, rest) = piece.split_once("</details>").unwrap();
        open + rest
    })
}

#[test]
fn secrets_are_not_shown_unless_they_are_asked_for() {
    let reads = app(|environ, _| {
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        Err("on purpose".into())
    });
    let reads = debugger(reads);
    let fails = debugger(fails("on purpose"));
    for (at, request) in secrets().into_iter().enumerate() {
        let all = format!("{at}: {request:?}");
        let mut second = secrets().swap_remove(at);
        second.set("HTTP_ACCEPT", "*/*");
        let report = ask(&reads, second);
        assert!(!report.text().contains("hunter2"), "{all}");
        assert!(report.text().contains("(covered)"), "{all}");
        assert!(!report.log.contains("hunter2"), "{all}");
        let page = ask(&fails, request);
        let text = page.text();
        assert!(!open(&text).contains("hunter2"), "{all}");
        // They are where the request can be edited, and say so.
        let [_, last, request] = form(&text);
        assert!(!last.contains("hunter2"), "{all}");
        assert!(request.contains("hunter2"), "{all}");
        assert!(text.contains("which is shown with its secrets"));
        assert!(!page.log.contains("hunter2"), "{all}");
    }
}

#[test]
fn what_is_no_secret_is_shown() {
    let app = debugger(fails("on purpose"));
    let mut request = sends("/page?number=two", "name=Ada");
    request.set("HTTP_ACCEPT", "*/*");
    request.set("HTTP_USER_AGENT", "a browser");
    let answer = ask(&app, request);
    let report = answer.text();
    for shown in [
        "\n  QUERY_STRING = number=two\n",
        "\n  REQUEST_URI = /page?number=two\n",
        "\n  HTTP_USER_AGENT = a browser\n",
        "\n  HTTP_HOST = localhost\n",
        "\n  REQUEST_METHOD = POST\n",
        "\nThe input, 0 of 8 bytes read\n  name=Ada\n",
    ] {
        assert!(report.contains(shown), "{shown} in {report}");
    }
    assert!(!report.contains("(covered)"), "{report}");
}

#[test]
fn a_watched_value_is_covered_by_its_name_or_text() {
    let app = debugger(app(|_, _| {
        let (api_key, page) = ("hunter2", "hunter2");
        watch!(api_key, format!("token={page}"), page.len());
        Err("no".into())
    }));
    let report = ask(&app, browser("/"));
    let report = report.text();
    assert!(report.contains("  api_key = (covered), at "), "{report}");
    assert!(report.contains("  page.len() = 7, at "), "{report}");
    assert!(!report.contains("= &quot;hunter2"), "{report}");
    assert!(!report.contains("token=hunter2"), "{report}");
}
