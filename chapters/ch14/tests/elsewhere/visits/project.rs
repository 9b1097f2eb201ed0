//! A Django project with its admin.

use super::{CHUNKED, PARTS, chunks, long, parts};
use crate::http::Answer;
use crate::visit::Visit;

pub fn visit(visit: &mut Visit) {
    visit.masked = &["expires"];
    visit.masks = &[
        ("csrfmiddlewaretoken\" value=\"", '"'),
        ("csrftoken=", ';'),
        ("sessionid=", ';'),
        ("messages=", ';'),
        ("expires=", ';'),
        ("class=\"timesince\">", '<'),
    ];
    visit.get("/admin/");
    let page = visit.get("/admin/login/?next=/admin/");
    visit.post("/admin/login/?next=/admin/", "no=token");
    let form = token(&page) + "&username=ada&password=wrong";
    visit.post("/admin/login/?next=/admin/", &form);
    let form = token(&page) + "&username=ada&password=secret";
    visit.post("/admin/login/?next=/admin/", &form);
    let page = visit.get("/admin/");
    assert!(page.text().contains("Welcome"), "{}", page.text());
    groups(visit);
    files(visit);
    let page = visit.get("/admin/password_change/");
    visit.post("/admin/logout/", &token(&page));
    visit.get("/admin/");
}

/// Adds, changes and deletes a group.
fn groups(visit: &mut Visit) {
    let page = visit.get("/admin/auth/group/add/");
    let form = token(&page) + "&name=Caf%C3%A9&permissions=1";
    visit.post("/admin/auth/group/add/", &form);
    visit.get("/admin/auth/group/");
    let form = token(&page) + "&name=";
    visit.post("/admin/auth/group/add/", &form);
    let page = visit.get("/admin/auth/group/1/change/");
    assert!(page.text().contains("Caf\u{e9}"), "{}", page.text());
    let form = token(&page) + "&name=Bar&permissions=2&_continue=1";
    visit.post("/admin/auth/group/1/change/", &form);
    visit.get("/admin/auth/group/?q=bar");
    let page = visit.get("/admin/auth/group/1/delete/");
    let form = token(&page) + "&post=yes";
    visit.post("/admin/auth/group/1/delete/", &form);
    visit.get("/admin/auth/group/1/change/");
    visit.get("/admin/auth/group/");
    visit.get("/admin/jsi18n/");
}

fn files(visit: &mut Visit) {
    let style = "/static/admin/css/base.css";
    let answer = visit.get(style);
    let date = answer.get("Last-Modified").unwrap();
    let field = format!("If-Modified-Since: {date}");
    visit.ask(&format!("GET {style}"), &[&field], b"");
    visit.ask(&format!("HEAD {style}"), &[], b"");
    visit.get("/static/admin/img/icon-yes.svg");
    visit.get("/static/none.css");
    visit.get("/static/../project.py");
    visit.ask("POST /upload", &[PARTS], &parts("a text", b"a file"));
    let body = parts("100 MB", &long(100_000_000));
    visit.ask("POST /upload", &[PARTS], &body);
    let body = chunks(&parts("in chunks", &long(4_000_000)), 65_536);
    visit.ask("POST /upload", &[PARTS, CHUNKED], &body);
    let answer = visit.get("/download/100000000");
    assert_eq!(answer.body.len(), 100_000_000);
    visit.ask("HEAD /download/1600", &[], b"");
    visit.get("/download/1600");
    visit.get("/stream/1000");
    visit.get("/broken");
    visit.get("/no/such/page");
    visit.get("/admin");
    visit.ask("PURGE /upload", &[], b"");
}

/// The page's form has a token, which comes back with it.
fn token(page: &Answer) -> String {
    let text = page.text();
    let name = "csrfmiddlewaretoken";
    let (_, rest) =
        text.split_once(&format!("{name}\" value=\"")).unwrap();
    format!("{name}={}", rest.split('"').next().unwrap())
}
