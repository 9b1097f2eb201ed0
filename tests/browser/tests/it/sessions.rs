//! Chapter 11's guest book, and a browser that keeps its cookie.

use browser::command::Program;
use browser::site::StaticSite;
use browser::{Reader, chromium};
use serde_json::json;
use std::fs;
use tempfile::TempDir;

/// The guest book, and somebody who has opened it.
fn visited() -> Option<(Program, Reader)> {
    let chromium = chromium()?;
    let program = Program::start("ch11");
    let reader = Reader::start(&chromium);
    reader.open(&home(&program));
    Some((program, reader))
}

/// The same, by a member.
fn visited_by_ferris() -> Option<(Program, Reader)> {
    let (program, reader) = visited()?;
    log_in(&reader, "crab");
    assert_eq!(said(&reader), "Welcome, Ferris.");
    Some((program, reader))
}

fn home(program: &Program) -> String {
    format!("http://{}/", program.address)
}

fn press(reader: &Reader, button: &str) {
    reader.go(&format!(
        "[...document.querySelectorAll('button')].find((button) \
             => button.textContent === {}).click()",
        json!(button)
    ));
}

fn fill(reader: &Reader, field: &str, text: &str) {
    reader.run(&format!(
        "document.querySelector('[name={field}]').value = {}",
        json!(text)
    ));
}

fn log_in(reader: &Reader, password: &str) {
    reader.go("document.querySelector('a[href$=login]').click()");
    fill(reader, "name", "Ferris");
    fill(reader, "password", password);
    press(reader, "Log in");
}

fn sign(reader: &Reader, message: &str) {
    fill(reader, "message", message);
    press(reader, "Sign");
}

/// The messages on the page.
fn said(reader: &Reader) -> String {
    reader.text(
        "[...document.querySelectorAll('[role=status]')]\
         .map((message) => message.textContent).join(' ')",
    )
}

/// Is it the page of a member?
fn is_members(reader: &Reader) -> bool {
    let page = reader.text("document.body.innerText");
    let is_members = page.contains("You are Ferris.");
    assert_ne!(is_members, page.contains("Log in"), "{page}");
    is_members
}

/// The messages in the file, or nothing.
fn signed(program: &Program) -> Vec<String> {
    let file = program.folder.path().join("guest-book.txt");
    let text = fs::read_to_string(file).unwrap_or_default();
    let message =
        |line: &str| line.split("message=").nth(1).map(str::to_string);
    text.lines().filter_map(message).collect()
}

/// What the browser has, by name and value.
fn cookies(reader: &Reader) -> Vec<(String, String)> {
    let cookies = reader.tab.get_cookies().expect("its cookies");
    cookies.into_iter().map(|c| (c.name, c.value)).collect()
}

#[test]
fn a_wrong_password_lets_nobody_in_and_the_right_one_does() {
    let Some((_program, reader)) = visited() else { return };
    assert!(!is_members(&reader));
    assert_eq!(cookies(&reader), []);
    log_in(&reader, "lobster");
    assert_eq!(said(&reader), "No member has this name and password.");
    assert_eq!(reader.text("location.pathname"), "/login");
    assert!(!is_members(&reader));
    let before = cookies(&reader);
    assert_eq!(before.len(), 1, "{before:?}");
    log_in(&reader, "crab");
    assert_eq!(said(&reader), "Welcome, Ferris.");
    assert!(is_members(&reader));
    let after = cookies(&reader);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_ne!(after, before, "whoever knew the id is in, too");
}

#[test]
fn a_message_is_seen_once() {
    let Some((program, reader)) = visited_by_ferris() else { return };
    sign(&reader, "Hello");
    assert_eq!(said(&reader), "Thank you!");
    assert_eq!(reader.text("location.pathname"), "/");
    reader.reload();
    assert_eq!(said(&reader), "");
    // What was sent is not sent again.
    assert_eq!(signed(&program), ["Hello"]);
    sign(&reader, " ");
    assert_eq!(said(&reader), "A message, please.");
    assert_eq!(signed(&program), ["Hello"]);
}

const COLOR: &str = "getComputedStyle(document.body).backgroundColor";
const DARK: &str = "rgb(34, 34, 34)";
const LIGHT: &str = "rgb(255, 255, 255)";

#[test]
fn two_tabs_are_one_visitor() {
    let Some((program, reader)) = visited_by_ferris() else { return };
    let other = reader.beside();
    other.open(&home(&program));
    assert!(is_members(&other));
    press(&other, "Dark");
    assert_eq!(other.text(COLOR), DARK);
    assert_eq!(reader.text(COLOR), LIGHT);
    reader.reload();
    assert_eq!(reader.text(COLOR), DARK);
    // Each page's forms have a token of their own, and all are good.
    sign(&other, "One");
    sign(&reader, "Two");
    press(&other, "Light");
    reader.reload();
    assert_eq!(reader.text(COLOR), LIGHT);
    assert_eq!(signed(&program), ["One", "Two"]);
}

#[test]
fn who_has_logged_out_is_out_in_all_tabs() {
    let Some((program, reader)) = visited_by_ferris() else { return };
    sign(&reader, "Hello");
    let other = reader.beside();
    other.open(&home(&program));
    reader.open(&format!("{}mine", home(&program)));
    assert!(is_members(&reader));
    let member = cookies(&reader);
    press(&reader, "Log out");
    assert_eq!(said(&reader), "You have logged out.");
    assert!(!is_members(&reader));
    assert_ne!(cookies(&reader), member);

    // Nobody who comes to this machine later sees the page.
    reader.go("history.back()");
    assert!(!is_members(&reader));
    assert_eq!(said(&reader), "Please log in first.");

    // What it shows is from before.
    assert!(is_members(&other));
    sign(&other, "Who was that?");
    assert_eq!(said(&other), "Please log in first.");
    assert_eq!(other.text("location.pathname"), "/login");
    assert_eq!(signed(&program), ["Hello"]);
}

#[test]
fn scripts_do_not_see_the_cookie() {
    let Some((_program, reader)) = visited_by_ferris() else { return };
    assert_eq!(reader.text("document.cookie"), "");
    let cookies = reader.tab.get_cookies().expect("its cookies");
    let [cookie] = &cookies[..] else { panic!("{cookies:?}") };
    assert_eq!(cookie.name, "gateway_session");
    assert_eq!((&*cookie.domain, &*cookie.path), ("127.0.0.1", "/"));
    assert!(cookie.http_only && cookie.session && !cookie.secure);
    let same_site = json!(cookie.same_site);
    assert_eq!(same_site, "Lax");
}

/// A page of somebody else, with forms that the guest book gets.
struct Stranger {
    site: StaticSite,
    _folder: TempDir,
}

impl Stranger {
    fn start(program: &Program) -> Self {
        let folder = TempDir::new().expect("a folder");
        let home = home(program);
        let form = |id: &str, path: &str, encoding: &str| {
            format!(
                "<form id={id} method=post action=\"{home}{path}\" \
                 enctype=\"{encoding}\">\
                 <input name=message value=\"Buy now!\">\
                 </form>"
            )
        };
        let page = [
            form("sign", "", "application/x-www-form-urlencoded"),
            form("parts", "", "multipart/form-data"),
            form("text", "", "text/plain"),
            form("leave", "logout", ""),
            format!("<a href=\"{home}\">a guest book</a>"),
        ];
        fs::write(folder.path().join("index.html"), page.concat())
            .expect("a page");
        let site = StaticSite::serve(folder.path());
        Self { site, _folder: folder }
    }

    /// Its address with another name: another site, too, for cookies.
    fn far(&self) -> String {
        self.site.address.replace("127.0.0.1", "localhost")
    }
}

#[test]
fn a_form_from_elsewhere_does_nothing() {
    let Some((program, reader)) = visited_by_ferris() else { return };
    let stranger = Stranger::start(&program);
    let (near, far) = (stranger.site.address.clone(), stranger.far());
    for page in [near, far] {
        for form in ["sign", "parts", "text", "leave"] {
            reader.open(&page);
            reader.go(&format!(
                "document.getElementById('{form}').submit()"
            ));
            let answer = reader.text("document.body.innerText");
            let refused = "This form did not come from a page of this";
            assert!(
                answer.starts_with(refused),
                "{form}, {page}: {answer}"
            );
        }
        // The same by a script, which sees no answer.
        reader.open(&page);
        let fetched = reader.text(&format!(
            "fetch('{}', {{ method: 'POST', mode: 'no-cors', \
             credentials: 'include', \
             body: new URLSearchParams('message=Buy+now') }})\
             .then((answer) => answer.type)",
            home(&program)
        ));
        assert_eq!(fetched, "opaque");
        // A link may lead there, and the visitor is known.
        reader.go("document.querySelector('a').click()");
        assert!(is_members(&reader), "{page}");
    }
    assert_eq!(signed(&program), [""; 0]);
    sign(&reader, "From the very page");
    assert_eq!(signed(&program).len(), 1);
}

#[test]
fn a_cookie_of_a_neighbor_does_no_harm() {
    let Some((program, reader)) = visited_by_ferris() else { return };
    let stranger = Stranger::start(&program);
    reader.open(&stranger.site.address);
    // Cookies do not know of ports.
    for path in ["/", "/mine"] {
        reader.run(&format!(
            "document.cookie = 'gateway_session={}; path={path}'",
            "0".repeat(32)
        ));
    }
    reader.open(&format!("{}mine", home(&program)));
    assert!(is_members(&reader));
    let sent = cookies(&reader);
    assert_eq!(sent.len(), 2, "{sent:?}");
}
