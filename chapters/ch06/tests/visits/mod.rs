//! The guest book and its neighbors, asked without a server: those of
//! whatever this is a module of.

use gateway::ProxyField::{For, Host, Proto};
use gateway::exchange::{self, Protocol};
use gateway::{Application, Environ, ErrorLog, behind_proxy};
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use tempfile::TempDir;
use url::Url;

/// A guest book in a folder of its own.
struct Visit {
    folder: TempDir,
}

impl Visit {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("guest-book.txt")
    }

    fn get(&self, query: &str) -> String {
        let mut environ = environ("GET");
        environ.set("QUERY_STRING", query);
        ask(&crate::guest_book(self.file()), environ)
    }

    fn post(&self, form: &str) -> String {
        ask(&crate::guest_book(self.file()), posted(form))
    }
}

fn environ(method: &str) -> Environ {
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", method);
    environ.set("HTTP_HOST", "localhost:8000");
    environ.set("SCRIPT_NAME", "");
    environ.set("PATH_INFO", "/");
    environ.errors = ErrorLog::new(io::sink());
    environ
}

fn posted(form: &str) -> Environ {
    let mut environ = environ("POST");
    let kind = "application/x-www-form-urlencoded";
    environ.set("CONTENT_TYPE", kind);
    environ.input = Box::new(io::Cursor::new(form.to_string()));
    environ
}

fn ask(app: &dyn Application, mut environ: Environ) -> String {
    let mut out = Vec::new();
    exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
    String::from_utf8(out).unwrap()
}

fn status(answer: &str) -> &str {
    let line = answer.lines().next().unwrap();
    line.strip_prefix("Status: ").unwrap()
}

#[test]
fn an_entry_is_kept_as_it_was_typed() {
    let visit = Visit::new();
    let answer = visit.post("name=Zo%C3%AB+%26+Co&message=a%0Ab+%3C");
    assert_eq!(status(&answer), "303 See Other");
    let page = visit.get("");
    let entry = "<dt>Zoë &amp; Co</dt>\n<dd>a\nb &lt;</dd>\n";
    assert!(page.contains(entry), "{page}");
}

#[test]
fn the_latest_entry_is_the_first() {
    let visit = Visit::new();
    visit.post("name=Ada&message=1");
    visit.post("name=Grace&message=2");
    let page = visit.get("");
    assert!(page.find("Grace") < page.find("Ada"), "{page}");
}

#[test]
fn names_in_the_query_choose_entries() {
    let visit = Visit::new();
    for name in ["Ada", "Grace", "Zo%C3%AB"] {
        visit.post(&format!("name={name}&message=x"));
    }
    let page = visit.get("name=Zo%C3%AB&name=Ada");
    assert!(page.contains("Ada") && page.contains("Zoë"), "{page}");
    assert!(!page.contains("Grace"), "{page}");
}

#[test]
fn the_redirect_leads_back_to_where_the_book_is() {
    let visit = Visit::new();
    let mut environ = posted("name=Ada&message=x");
    environ.set("SCRIPT_NAME", "/cgi bin/book");
    environ.set("PATH_INFO", "/");
    environ.set("QUERY_STRING", "name=Ada");
    let answer = ask(&crate::guest_book(visit.file()), environ);
    let mut fields = answer.lines().map(|l| l.split_once(": "));
    let (_, to) = fields
        .find_map(|field| field.filter(|f| f.0 == "Location"))
        .expect("a redirect");
    let book = Url::parse("http://localhost:8000/cgi%20bin/book/");
    let book = book.unwrap();
    assert_eq!(book.join(to), Ok(book.clone()), "{answer}");
}

/// `Location: //evil.example/` would lead to another site.
#[test]
fn the_way_back_does_not_lead_to_another_site() {
    for path in ["//evil.example/", "//", "/\\evil.example"] {
        let mut environ = posted("name=Ada&message=x");
        environ.set("PATH_INFO", path);
        let answer = ask(&crate::application(), environ);
        assert_eq!(status(&answer), "404 Not Found", "{path}");
    }
}

#[test]
fn nothing_is_kept_that_is_answered_with_an_error() {
    let visit = Visit::new();
    let mut environ = posted("name=Ada&message=x");
    environ.set("HTTP_HOST", "localhost:99999");
    let answer = ask(&crate::guest_book(visit.file()), environ);
    assert_eq!(status(&answer), "400 Bad Request");
    assert!(!visit.file().exists());
}

#[test]
fn what_is_missing_is_asked_for_and_the_rest_is_kept() {
    let visit = Visit::new();
    let answer = visit.post("name=Ada+%22&message=+");
    assert_eq!(status(&answer), "422 Unprocessable Content");
    assert!(answer.contains("value=\"Ada &quot;\""), "{answer}");
    assert!(!visit.file().exists());
}

#[test]
fn what_is_no_form_is_refused() {
    let visit = Visit::new();
    let mut note = posted("x");
    note.set("CONTENT_TYPE", "text/plain");
    let answer = ask(&crate::guest_book(visit.file()), note);
    assert_eq!(status(&answer), "415 Unsupported Media Type");
    let answer = visit.post("name=%EB&message=x");
    assert_eq!(status(&answer), "400 Bad Request");
    let long = format!("name=Ada&message={}", "x".repeat(16 << 10));
    assert_eq!(status(&visit.post(&long)), "413 Content Too Large");
    let book = crate::guest_book(visit.file());
    let answer = ask(&book, environ("DELETE"));
    assert_eq!(status(&answer), "405 Method Not Allowed");
    assert!(answer.contains("Allow: GET, HEAD, POST\r\n"), "{answer}");
    assert!(!visit.file().exists());
}

#[test]
fn half_an_entry_is_not_shown_and_makes_room() {
    let visit = Visit::new();
    visit.post("name=Ada&message=whole");
    let mut text = fs::read_to_string(visit.file()).unwrap();
    text.push_str("name=Grace&message=half+an+entry+and+mo");
    fs::write(visit.file(), &text).unwrap();
    assert!(!visit.get("").contains("Grace"));
    visit.post("name=Joan&message=next");
    let text = fs::read_to_string(visit.file()).unwrap();
    let lines = "name=Ada&message=whole\nname=Joan&message=next\n";
    assert_eq!(text, lines);
}

#[test]
fn a_parcel_is_read_part_by_part() {
    let body = "--X\r\n\
        Content-Disposition: form-data; name=\"to\"\r\n\
        \r\n\
        Zo\u{eb}\r\n\
        --X\r\n\
        Content-Disposition: form-data; name=\"content\"; \
        filename=\"../a.txt\"\r\n\
        Content-Type: text/plain\r\n\
        \r\n\
        Hello\r\n\r\n\
        --X--\r\n";
    let mut environ = environ("POST");
    environ.set("CONTENT_TYPE", "multipart/form-data; boundary=X");
    environ.input = Box::new(body.as_bytes());
    let answer = ask(&crate::parcel, environ);
    let list = "\r\n\r\nto: 4 bytes\ncontent \"../a.txt\": 7 bytes\n";
    assert!(answer.ends_with(list), "{answer}");
}

#[test]
fn the_path_leads_to_one_of_three() {
    let app = crate::application();
    let mut at_url = environ("GET");
    at_url.set("PATH_INFO", "/url/a b/é");
    at_url.set("QUERY_STRING", "x=1");
    at_url.set("REMOTE_ADDR", "192.0.2.7");
    let answer = ask(&app, at_url);
    let body = "\r\n\r\nhttp://localhost:8000/url/a%20b/%C3%A9?x=1\n\
                SCRIPT_NAME = /url\n\
                PATH_INFO = /a b/é\n\
                REMOTE_ADDR = 192.0.2.7\n";
    assert!(answer.ends_with(body), "{answer}");
    let mut at_parcel = environ("GET");
    at_parcel.set("PATH_INFO", "/parcel");
    assert!(ask(&app, at_parcel).contains("multipart/form-data"));
    let mut nowhere = environ("GET");
    nowhere.set("PATH_INFO", "/nowhere");
    assert_eq!(status(&ask(&app, nowhere)), "404 Not Found");
}

#[test]
fn a_proxy_that_is_trusted_is_believed() {
    let proxy = Ipv4Addr::LOCALHOST.into();
    let fields = [For, Proto, Host];
    let app = behind_proxy(crate::show_url, [proxy], fields);
    let ask_from = |address: &str| {
        let mut environ = environ("GET");
        environ.set("REMOTE_ADDR", address);
        environ.set("HTTP_X_FORWARDED_FOR", "192.0.2.7");
        environ.set("HTTP_X_FORWARDED_PROTO", "https");
        environ.set("HTTP_X_FORWARDED_HOST", "example.org");
        ask(&app, environ)
    };
    let through = ask_from("127.0.0.1");
    assert!(through.contains("https://example.org/\n"), "{through}");
    assert!(through.contains("REMOTE_ADDR = 192.0.2.7"), "{through}");
    let direct = ask_from("192.0.2.1");
    assert!(direct.contains("http://localhost:8000/\n"), "{direct}");
    assert!(direct.contains("REMOTE_ADDR = 192.0.2.1"), "{direct}");
}
