//! `--reload`: who saves a file sees it.

use crate::http::Answer;
use crate::process::Folder;
use crate::site::{Site, ask, folder};
use std::fs;
use std::thread;

fn saying(text: &str) -> String {
    format!(
        "
import os
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'{text} ', str(os.getpid()).encode()]
"
    )
}

fn save(folder: &Folder, name: &str, code: &str) {
    fs::write(folder.path(name), code).unwrap();
}

fn get(site: &Site, start: usize) -> String {
    let address = site.address(start);
    let answer: Answer = ask(address, "GET / HTTP/1.1", "");
    answer.text()
}

fn start(code: &str) -> Site {
    Site::of(folder("page", code), "page", &["--reload"])
}

#[test]
fn what_is_saved_is_served_by_the_same_process() {
    let site = start(&saying("one"));
    let id = site.id();
    assert_eq!(get(&site, 1), format!("one {id}"));
    save(&site.folder, "page.py", &saying("two"));
    assert_eq!(get(&site, 2), format!("two {id}"));
    save(&site.folder, "page.py", &saying("three"));
    assert_eq!(get(&site, 3), format!("three {id}"));
    site.wait_for_log("page.py was saved: starting anew\n");
}

#[test]
fn a_module_in_a_folder_below_counts_too() {
    let folder = folder("page", "from below.text import application");
    fs::create_dir(folder.path("below")).unwrap();
    save(&folder, "below/text.py", &saying("one"));
    let site = Site::of(folder, "page", &["--reload"]);
    assert!(get(&site, 1).starts_with("one "));
    save(&site.folder, "below/text.py", &saying("two"));
    assert!(get(&site, 2).starts_with("two "));
    site.wait_for_log("below/text.py was saved");
}

#[test]
fn a_new_file_and_a_removed_one_count_too() {
    let code = "
try:
    from other import application
except ImportError:
    def application(environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'none']
";
    let site = start(code);
    assert_eq!(get(&site, 1), "none");
    save(&site.folder, "other.py", &saying("other"));
    assert!(get(&site, 2).starts_with("other "));
    fs::remove_file(site.folder.path("other.py")).unwrap();
    assert_eq!(get(&site, 3), "none");
}

#[test]
fn a_mistake_is_told_and_the_next_save_is_served() {
    let site = start(&saying("one"));
    assert!(get(&site, 1).starts_with("one "));
    save(&site.folder, "page.py", "def application(:");
    site.wait_for_log("SyntaxError: ");
    save(&site.folder, "page.py", &saying("two"));
    assert_eq!(get(&site, 2), format!("two {}", site.id()));
}

#[test]
fn a_mistake_at_the_start_is_told_too() {
    let site = start("1 / 0");
    site.wait_for_log("ZeroDivisionError: ");
    save(&site.folder, "page.py", &saying("one"));
    assert!(get(&site, 1).starts_with("one "));
}

/// The editor was faster than the import.
#[test]
fn what_is_saved_during_the_import_is_not_passed_over() {
    for end in ["", "1 / 0"] {
        let code = format!(
            "
import os
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'page.py'), 'w') as file:
    file.write({:?})
def application(environ, start_response): pass
{end}
",
            saying("saved")
        );
        let site = start(&code);
        let address = if end.is_empty() { 2 } else { 1 };
        assert!(get(&site, address).starts_with("saved "), "{end}");
    }
}

#[test]
fn an_answer_under_way_is_completed() {
    const CODE: &str = include_str!("../python/served.py");
    let site = Site::start(&["--reload"]);
    let server = site.address(1);
    let asked =
        thread::spawn(move || ask(server, "GET /sleep HTTP/1.1", ""));
    site.wait_for_mark("sleeps");
    let code = CODE.replace("Hello from", "Hello again from");
    save(&site.folder, "served.py", &code);
    site.wait_for_log("Stopping when the requests under way");
    assert!(!asked.is_finished());
    site.mark("wake");
    assert_eq!(asked.join().unwrap().text(), "slept");
    let again = ask(site.address(2), "GET /hello HTTP/1.1", "").text();
    assert_eq!(again, format!("Hello again from {}", site.id()));
    let out = site.text("out");
    assert!(out.contains("printed at exit\n"), "{out}");
}

#[test]
fn a_signal_ends_it_for_good() {
    let mut site = start(&saying("one"));
    get(&site, 1);
    site.signal("-TERM");
    assert!(site.ended().success());
    let mut site = start("1 / 0");
    site.wait_for_log("ZeroDivisionError: ");
    site.signal("-TERM");
    assert!(!site.ended().success());
}
