//! Applications of ours beside the same in Python, under each server.

use crate::http::Answer;
use crate::site::Kind::*;
use crate::site::{ALL, Kind, Site, get};

const TARGETS: [&str; 31] = [
    "/read-nothing",
    "/hello",
    "/array",
    "/stream",
    "/empty-array",
    "/empty-block",
    "/empty-stream",
    "/empty-blocks-between",
    "/large",
    "/large-stream",
    "/write",
    "/write-only",
    "/write-nothing",
    "/exact",
    "/zero",
    "/status?599+Odder",
    "/no-content",
    "/not-modified",
    "/redirect",
    "/cookies",
    "/header/X-Name/caf%E9",
    "/complain",
    "/error-at-once",
    "/error-after-start",
    "/error-in-the-first-block",
    "/error-after-an-empty-block",
    "/error-after-a-block",
    "/error-before-the-length",
    "/error-after-write",
    "/restart",
    "/restart-too-late",
];

/// What must be alike. How a body's end is told need not: ours say a
/// length where Python's do not. An error's page is the server's own.
fn shown(answer: &Answer) -> String {
    if answer.status.starts_with("500 ") {
        return answer.status.clone();
    }
    let framing = ["Date", "Content-Length", "Transfer-Encoding"];
    let mut fields = answer.fields.clone();
    fields.retain(|(name, _)| !framing.contains(&name.as_str()));
    fields.sort();
    let is_cut = answer.end.ends_with(" bytes")
        || answer.end.ends_with("without the last");
    let (status, text) = (&answer.status, answer.text());
    format!("{status} {fields:?} {is_cut} {text}")
}

/// The targets that a server answers otherwise for ours.
fn differences(method: &str, kind: Kind) -> Vec<&'static str> {
    let [ours, pythons] = ["suite", "applications"].map(|module| {
        Site::start(kind, &format!("{module}:application"))
    });
    let (Some(ours), Some(pythons)) = (ours, pythons) else {
        return named(method, kind).into();
    };
    let mut list = TARGETS.to_vec();
    list.retain(|target| {
        let request = get(target).replace("GET", method);
        let ask = |site: &Site| shown(&site.ask(request.as_bytes()));
        ask(&ours) != ask(&pythons)
    });
    list
}

/// Those that must be.
fn named(method: &str, kind: Kind) -> &'static [&'static str] {
    match (method, kind) {
        // An empty block sends no head of ours, which is thus another
        // when an error follows.
        ("GET", Wsgiref) => &["/error-after-an-empty-block"],
        // gunicorn keeps the fields of a start that is made again.
        ("GET", GunicornSync | GunicornThreads) => {
            &["/error-after-an-empty-block", "/restart"]
        }
        // An error that is raised by the call gets Apache's page, even
        // behind what was written.
        ("GET", ModWsgiInside) => {
            &["/error-after-write", "/restart-too-late"]
        }
        ("GET", Waitress | ModWsgi) => &[],
        // No block of ours is asked for to answer HEAD.
        (_, Wsgiref | WsgirefAlone) => &["/error-in-the-first-block"],
        (_, GunicornSync | GunicornThreads) => {
            &["/error-in-the-first-block", "/restart"]
        }
        (_, Waitress | ModWsgi | ModWsgiInside) => &[
            "/error-in-the-first-block",
            "/error-after-an-empty-block",
        ],
    }
}

#[test]
fn pythons_own_are_answered_alike() {
    for kind in ALL {
        for method in ["GET", "HEAD"] {
            let found = differences(method, kind);
            assert_eq!(
                found,
                named(method, kind),
                "{method}, {kind:?}"
            );
        }
    }
}
