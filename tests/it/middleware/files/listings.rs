//! What is in a folder.

use super::{is, with, write};
use crate::support::Folder;
use gateway::middleware::{Files, files};
use gateway::testing::get;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

fn listing(folder: &Folder) -> Files {
    Files { listing: true, ..files(folder.path("site")) }
}

#[test]
fn a_listing_is_sorted_and_escaped() {
    let folder = Folder::new("files-listing");
    for name in [
        "b.txt",
        "<b>&lt;",
        "\" onclick=\"x\"",
        "javascript:alert(1)",
        "a b?c#d%41",
        "\\back",
        "z/index.html",
    ] {
        write(&folder, &format!("site/sub/{name}"), "x");
    }
    let bytes = OsStr::from_bytes(b"\xff\xfe");
    fs::write(folder.path("site/sub").join(bytes), "bytes").unwrap();
    let site = listing(&folder);
    let answer = get(&site, "/sub/");
    is(&answer, "200");
    let html = Some("text/html; charset=utf-8");
    assert_eq!(answer.headers.get("Content-Type"), html);
    let text = answer.text();
    let items = text.lines().filter(|line| line.starts_with("<li>"));
    let items: Vec<&str> = items.collect();
    assert_eq!(items, ITEMS);
    // Each link leads to what it names.
    for item in &ITEMS[1..] {
        let link = item.split('"').nth(1).unwrap();
        let answer = get(&site, &format!("/sub/{link}"));
        is(&answer, "200");
    }
}

const ITEMS: [&str; 9] = [
    "<li><a href=\"../\">../</a>",
    "<li><a href=\"%22%20onclick%3D%22x%22\">\" onclick=\"x\"</a>",
    "<li><a href=\"%3Cb%3E%26lt%3B\">&lt;b>&amp;lt;</a>",
    "<li><a href=\"%5Cback\">\\back</a>",
    "<li><a href=\"a%20b%3Fc%23d%2541\">a b?c#d%41</a>",
    "<li><a href=\"b.txt\">b.txt</a>",
    "<li><a href=\"javascript%3Aalert%281%29\">\
     javascript:alert(1)</a>",
    "<li><a href=\"z/\">z/</a>",
    "<li><a href=\"%FF%FE\">\u{fffd}\u{fffd}</a>",
];

#[test]
fn a_listing_shows_what_is_served_and_nothing_else() {
    let folder = Folder::new("files-listing-served");
    write(&folder, "outside.txt", "x");
    write(&folder, "site/page.txt", "x");
    write(&folder, "site/.env", "x");
    write(&folder, "site/.git/config", "x");
    write(&folder, "site/.well-known/acme", "x");
    let link = |to: &str, name: &str| {
        symlink(to, folder.path(&format!("site/{name}"))).unwrap();
    };
    link("page.txt", "inside.txt");
    link("../outside.txt", "outside.txt");
    link("none", "dangling.txt");
    link("loop", "loop");
    let names = |site: &Files| {
        let answer = get(site, "/");
        is(&answer, "200");
        let text = answer.text().into_owned();
        let name =
            |item: &str| item.split('"').nth(1).map(String::from);
        text.lines().filter_map(name).skip(1).collect::<Vec<_>>()
    };
    let site = listing(&folder);
    let open = [".well-known/", "inside.txt", "page.txt"];
    assert_eq!(names(&site), open);
    let site = Files { hidden: true, ..site };
    let all =
        [".env", ".git/", ".well-known/", "inside.txt", "page.txt"];
    assert_eq!(names(&site), all);
}

#[test]
fn a_folder_is_listed_only_if_that_is_asked_for() {
    let folder = Folder::new("files-no-listing");
    write(&folder, "site/sub/page.txt", "x");
    write(&folder, "site/index.html", "index");
    is(&get(&files(folder.path("site")), "/sub/"), "404");
    let site = listing(&folder);
    is(&get(&site, "/sub"), "301");
    is(&get(&site, "/sub/"), "200");
    is(&get(&site, "/none/"), "404");
    assert_eq!(get(&site, "/").text(), "index");
    let head = with(&site, "HEAD", "/sub/", &[]);
    is(&head, "200");
    assert_eq!(head.body, b"");
}
