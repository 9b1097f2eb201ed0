//! Files below a folder, under each server.

use super::requests::cases::{Case, case};
use super::servers::{ALL, Kind, MOUNT, Site};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

const SECRET: &str = "a secret that nobody may see";

fn fill(site: &Site) {
    let files = site.folder.path("files");
    fs::create_dir(files.join("blog")).unwrap();
    for (name, text) in [
        ("page.txt", "0123456789"),
        ("blog/index.html", "<p>Zoë</p>"),
        ("locked.txt", SECRET),
        (".env", SECRET),
        ("../secret.txt", SECRET),
    ] {
        fs::write(files.join(name), text).unwrap();
    }
    let none = Permissions::from_mode(0o000);
    fs::set_permissions(files.join("locked.txt"), none).unwrap();
    symlink("../secret.txt", files.join("out.txt")).unwrap();
    symlink("..", files.join("up")).unwrap();
    symlink("blog", files.join("in")).unwrap();
}

fn get(name: &'static str, path: &str) -> Case {
    case(name, &format!("GET /files{path}"))
}

fn cases(tag: &str) -> Vec<Case> {
    let range = |name, range: &str| {
        get(name, "/page.txt").field(&format!("Range: {range}"))
    };
    vec![
        get("a file", "/page.txt")
            .has("Content-Type", "text/plain; charset=utf-8")
            .has("Accept-Ranges", "bytes")
            .page("0123456789"),
        case("HEAD of a file", "HEAD /files/page.txt")
            .has("Accept-Ranges", "bytes")
            .page(""),
        get("a folder's index", "/blog/").page("<p>Zoë</p>"),
        get("a link that stays", "/in/").page("<p>Zoë</p>"),
        get("no slash", "/blog?a=b")
            .is("301")
            .has("Location", "/cgi-bin/app/files/blog/?a=b"),
        get("no slash at the mount", "")
            .is("301")
            .has("Location", "/cgi-bin/app/files/"),
        get("no index", "/").is("404"),
        get("nothing", "/none.txt").is("404"),
        get("a link that leaves", "/out.txt").is("403"),
        get("a folder that leaves", "/up/secret.txt").is("403"),
        get("a hidden file", "/.env").is("404"),
        case("POST", "POST /files/page.txt")
            .field("Content-Length: 0")
            .is("405")
            .has("Allow", "GET, HEAD"),
        range("a part", "bytes=2-4")
            .is("206")
            .has("Content-Range", "bytes 2-4/10")
            .page("234"),
        range("the end", "bytes=-3")
            .is("206")
            .has("Content-Range", "bytes 7-9/10")
            .page("789"),
        range("beyond the end", "bytes=10-")
            .is("416")
            .has("Content-Range", "bytes */10"),
        range("another unit", "lines=2-4").page("0123456789"),
        range("a part of another", "bytes=2-4")
            .field("If-Range: \"other\"")
            .page("0123456789"),
        get("what one has", "/page.txt")
            .field(&format!("If-None-Match: {tag}"))
            .is("304")
            .page(""),
        get("what one has not", "/page.txt")
            .field("If-None-Match: \"other\"")
            .page("0123456789"),
        get("what is gone", "/page.txt")
            .field("If-Match: \"other\"")
            .is("412"),
    ]
}

/// A web server may refuse these itself, or mend them first.
const HOSTILE: &[&str] = &[
    "/../secret.txt",
    "/..%2Fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%252e%252e/secret.txt",
    "/blog/..%2F..%2Fsecret.txt",
    "/..%5Csecret.txt",
    "//secret.txt",
    "/.%65nv",
    "/%2Eenv",
    "/up/../secret.txt",
    "/up%2Fsecret.txt",
    "/blog/../.env",
    "/page.txt%00",
    "/page.txt/..%2F..%2Fsecret.txt",
    "/LOCKED.TXT",
];

#[test]
fn files_are_served_alike_under_every_server() {
    let mut faults = Vec::new();
    for kind in ALL.into_iter().chain([Kind::TinyHttp]) {
        let Some(site) = Site::start(kind) else { continue };
        fill(&site);
        let ask = |case: &Case| site.ask(&case.request(site.address));
        let page = ask(&get("the tag", "/page.txt"));
        let tag = page.get("ETag").expect("a tag");
        for case in cases(&tag) {
            if let Some(fault) = case.fault(&ask(&case)) {
                faults
                    .push(format!("{kind:?}, {}: {fault}", case.name));
            }
        }
        for path in HOSTILE {
            let answer = ask(&get(path, path));
            let is_seen = answer.text().contains(SECRET);
            // What it mends may be another application's.
            if is_seen || answer.status.starts_with('5') {
                let (status, text) = (&answer.status, answer.text());
                faults
                    .push(format!("{kind:?}, {path}: {status} {text}"));
            }
        }
        // Where it is not root that asks.
        if matches!(kind, Kind::CgiApache | Kind::CgiLighttpd) {
            let locked = get("locked", "/locked.txt").is("403");
            faults.extend(locked.fault(&ask(&locked)));
        }
    }
    assert!(faults.is_empty(), "{MOUNT}:\n{}", faults.join("\n"));
}
