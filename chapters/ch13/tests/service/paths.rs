//! SCRIPT_NAME and PATH_INFO below `nest_service`.

use crate::client::get;
use crate::seen::{show, variables};
use crate::servers::Hyper;
use axum::Router;
use ch13::service;

fn sees(router: Router, cases: &[(&str, &str, &str)]) {
    let server = Hyper::start(router);
    for (target, script, path) in cases {
        let page = get(server.address, target).text();
        let seen = variables(&page);
        let found = (seen["SCRIPT_NAME"], seen["PATH_INFO"]);
        assert_eq!(found, (*script, *path), "{target}");
        assert_eq!(seen["REQUEST_URI"], *target);
    }
}

#[test]
fn nested_once() {
    let router = Router::new().nest_service("/a", service(show));
    sees(
        router,
        &[
            ("/a", "/a", ""),
            ("/a?q=/", "/a", ""),
            ("/a/", "/a", "/"),
            ("/a/?q", "/a", "/"),
            ("/a/a", "/a", "/a"),
            ("/a/a/", "/a", "/a/"),
            // It is axum that takes the second slash for the prefix's.
            ("/a//", "/a/", "/"),
            ("/a/b%2Fc", "/a", "/b/c"),
            ("/a/caf%C3%A9", "/a", r"/caf\xc3\xa9"),
            ("/a/%FF%00", "/a", r"/\xff\x00"),
            ("/a/b?/a", "/a", "/b"),
        ],
    );
}

#[test]
fn nested_twice() {
    let inner = Router::new().nest_service("/b", service(show));
    sees(
        Router::new().nest("/a", inner),
        &[
            ("/a/b", "/a/b", ""),
            ("/a/b/", "/a/b", "/"),
            ("/a/b/a/b", "/a/b", "/a/b"),
            ("/a/b/b", "/a/b", "/b"),
        ],
    );
}

#[test]
fn nested_at_an_escaped_path() {
    let router =
        Router::new().nest_service("/caf%C3%A9", service(show));
    sees(
        router,
        &[
            ("/caf%C3%A9", r"/caf\xc3\xa9", ""),
            ("/caf%C3%A9/", r"/caf\xc3\xa9", "/"),
            ("/caf%C3%A9/x%20y", r"/caf\xc3\xa9", "/x y"),
        ],
    );
}

#[test]
fn nested_at_a_parameter() {
    let router = Router::new().nest_service("/{user}", service(show));
    sees(
        router,
        &[
            ("/ada", "/ada", ""),
            ("/ada/", "/ada", "/"),
            ("/a%2Fb/c", "/a/b", "/c"),
        ],
    );
}

#[test]
fn not_nested() {
    let router = Router::new()
        .route_service("/here", service(show))
        .fallback_service(service(show));
    sees(
        router,
        &[
            ("/", "", "/"),
            ("/?", "", "/"),
            ("/here", "", "/here"),
            ("/x%2Fy?z", "", "/x/y"),
            ("//x", "", "//x"),
        ],
    );
}
