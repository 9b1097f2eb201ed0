//! Files below a folder.

mod changes;
mod conditions;
#[cfg(feature = "http")]
mod http;
mod kinds;
mod links;
mod listings;
mod paths;
mod ranges;

use crate::support::Folder;
use gateway::middleware::files;
use gateway::testing::{Answer, ask, environ, get};
use gateway::{Application, Environ};
use std::fs;
use std::path::Path;

/// Writes a file and the folders that it is in.
fn write(folder: &Folder, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Asks with these fields, which are the environ's.
fn with(
    app: &impl Application,
    method: &str,
    target: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut environ = environ(method, target);
    for (name, value) in fields {
        environ.set(name, value);
    }
    ask(app, environ)
}

#[track_caller]
fn is(answer: &Answer, status: &str) {
    assert_eq!(&answer.status[..3], status, "{answer:?}");
    assert!(!answer.is_cut, "{answer:?}");
}

/// Mounted by hand: the first part of the path is another's affair.
fn mounted(app: impl Application) -> impl Application {
    gateway::app(move |environ: &mut Environ, start_response| {
        environ.shift_path();
        app.call(environ, start_response)
    })
}

#[test]
fn a_file_is_sent_with_its_type_length_and_validators() {
    let folder = Folder::new("files-sent");
    write(&folder, "site/page.html", "<p>Zoë</p>\n");
    let site = files(folder.path("site"));
    let answer = get(&site, "/page.html");
    is(&answer, "200");
    assert_eq!(answer.text(), "<p>Zoë</p>\n");
    let field = |name| answer.headers.get(name).unwrap();
    assert_eq!(field("Content-Type"), "text/html; charset=utf-8");
    assert_eq!(field("Content-Length"), "12");
    assert_eq!(field("Accept-Ranges"), "bytes");
    let date: httpdate::HttpDate =
        field("Last-Modified").parse().unwrap();
    let metadata = fs::metadata(folder.path("site/page.html")).unwrap();
    assert_eq!(date, metadata.modified().unwrap().into());
    assert!(field("ETag").ends_with('"'), "{answer:?}");
    assert_eq!(answer.log, "");
}

#[test]
fn a_head_has_the_length_and_no_body() {
    let folder = Folder::new("files-head");
    write(&folder, "page.txt", "Hello");
    let site = files(folder.path(""));
    let head = with(&site, "HEAD", "/page.txt", &[]);
    let page = get(&site, "/page.txt");
    assert_eq!(head.headers, page.headers);
    assert_eq!(head.body, b"");
}

#[test]
fn the_type_follows_from_the_name_and_text_is_in_utf_8() {
    let folder = Folder::new("files-types");
    let site = files(folder.path(""));
    for (name, expected) in [
        ("a.html", "text/html; charset=utf-8"),
        ("a.HTML", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.tar.gz", "application/gzip"),
        ("a.no-such-type", "application/octet-stream"),
        ("Makefile", "application/octet-stream"),
    ] {
        write(&folder, name, "x");
        let answer = get(&site, &format!("/{name}"));
        let found = answer.headers.get("Content-Type");
        assert_eq!(found, Some(expected), "{name}");
    }
}

#[test]
fn other_methods_are_told_which_there_are() {
    let folder = Folder::new("files-methods");
    write(&folder, "page.txt", "Hello");
    let site = files(folder.path(""));
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "get", ""] {
        for path in ["/page.txt", "/", "/none"] {
            let answer = with(&site, method, path, &[]);
            is(&answer, "405");
            let allow = answer.headers.get("Allow");
            assert_eq!(allow, Some("GET, HEAD"), "{method}");
        }
    }
}

#[test]
fn an_empty_file_has_the_length_zero() {
    let folder = Folder::new("files-empty");
    write(&folder, "empty.txt", "");
    let answer = get(&files(folder.path("")), "/empty.txt");
    is(&answer, "200");
    assert_eq!(answer.headers.get("Content-Length"), Some("0"));
}

#[test]
fn a_folder_shows_its_index() {
    let folder = Folder::new("files-index");
    write(&folder, "index.html", "root");
    write(&folder, "blog/index.html", "blog");
    write(&folder, "bare/page.html", "page");
    write(&folder, "deep/index.html/page.html", "page");
    let site = files(folder.path(""));
    assert_eq!(get(&site, "/").text(), "root");
    assert_eq!(get(&site, "/blog/").text(), "blog");
    is(&get(&site, "/bare/"), "404");
    is(&get(&site, "/deep/"), "404");
}

#[test]
fn a_folder_without_its_slash_is_redirected_to_it() {
    let folder = Folder::new("files-slash");
    write(&folder, "blog/Zoë & co/index.html", "");
    let site = files(folder.path(""));
    let mounted = mounted(files(folder.path("")));
    let location = |answer: &Answer| {
        is(answer, "301");
        answer.headers.get("Location").unwrap().to_string()
    };
    let moved = get(&site, "/blog");
    assert_eq!(location(&moved), "/blog/");
    let moved = get(&site, "/blog?page=2&a=%22%0D%0A");
    assert_eq!(location(&moved), "/blog/?page=2&a=%22%0D%0A");
    let moved = get(&mounted, "/site/blog/Zo%C3%AB%20&%20co?a=b");
    let expected = "/site/blog/Zo%C3%AB%20%26%20co/?a=b";
    assert_eq!(location(&moved), expected);
    let moved = get(&mounted, "/site?a=b");
    assert_eq!(location(&moved), "/site/?a=b");
    // A query of bytes is not a reason to fail.
    let query = [("QUERY_STRING", "a=ë\u{2603}\r\nSet-Cookie: a=b")];
    let moved = with(&site, "GET", "/blog", &query);
    let expected = "/blog/?a=%C3%AB%E2%98%83%0D%0ASet-Cookie: a=b";
    assert_eq!(location(&moved), expected);
}

#[test]
fn a_redirect_never_names_another_host() {
    let folder = Folder::new("files-open-redirect");
    write(&folder, "evil.example/index.html", "");
    write(&folder, "\\evil.example/index.html", "");
    let site = files(folder.path(""));
    for path in
        ["//evil.example", "///evil.example", "/%2Fevil.example"]
    {
        is(&get(&site, path), "404");
    }
    for (script, path, expected) in [
        (
            "//evil.example",
            "/evil.example",
            "/evil.example/evil.example/",
        ),
        ("/", "/evil.example", "/evil.example/"),
        ("", "/\\evil.example", "/%5Cevil.example/"),
        ("/\\evil.example", "", "/%5Cevil.example/"),
        ("https://evil.example", "", "/https%3A//evil.example/"),
        ("", "", "/"),
    ] {
        let fields = [("SCRIPT_NAME", script), ("PATH_INFO", path)];
        let answer = with(&site, "GET", "/", &fields);
        is(&answer, "301");
        let location = answer.headers.get("Location");
        assert_eq!(location, Some(expected), "{fields:?}");
    }
}

#[test]
fn a_file_is_no_folder() {
    let folder = Folder::new("files-no-folder");
    write(&folder, "page.txt", "Hello");
    let site = files(folder.path(""));
    for path in ["/page.txt/", "/page.txt/.", "/page.txt/index.html"] {
        is(&get(&site, path), "404");
    }
}

#[test]
fn a_folder_that_is_missing_is_the_servers_fault() {
    let folder = Folder::new("files-missing");
    let site = files(folder.path("none"));
    let answer = get(&site, "/page.txt");
    is(&answer, "500");
    assert!(!answer.text().contains("none"));
    let path = format!("{:?}", folder.path("none"));
    assert!(answer.log.contains(&path), "{}", answer.log);
    // It may come later.
    write(&folder, "none/page.txt", "Hello");
    is(&get(&site, "/page.txt"), "200");
}

#[test]
fn it_may_be_called_from_several_threads() {
    fn is_sync<T: Send + Sync>(_: &T) {}
    is_sync(&files(Path::new("static")));
}
