//! What pages of other origins can do with it: nothing.

use super::*;
use browser::chromium;
use browser::site::StaticSite;
use std::fs;
use tempfile::TempDir;

/// A page of somebody else who has found out everything: the address,
/// with its token, and the form.
fn stranger(reader: &Reader, address: &str) -> (StaticSite, TempDir) {
    let form = reader.text(
        "(() => { const form = document.querySelector('form');\
         form.action = form.action; return form.outerHTML; })()",
    );
    let folder = TempDir::new().expect("a folder");
    let page = format!(
        "<!DOCTYPE html>{form}<iframe src=\"{address}\"></iframe>\
         <a href=\"{address}\">there</a>"
    );
    fs::write(folder.path().join("index.html"), page).expect("a page");
    (StaticSite::serve(folder.path()), folder)
}

#[test]
fn other_origins_send_nothing_again_and_show_nothing_of_it() {
    let Some(chromium) = chromium() else { return };
    let program = Program::start("ch12");
    let reader = Reader::start(&chromium);
    fail(&reader, &program, FAILS);
    let all =
        "document.querySelector('main > p > a:last-of-type').href";
    let all = reader.text(all);
    let failures = || {
        reader.open(&all);
        reader.number("document.querySelectorAll('main a').length")
    };
    fail(&reader, &program, FAILS);
    let first = format!("{}/1", all.trim_end_matches('/'));
    let (site, _folder) = stranger(&reader, &first);
    // All that were, and not one more.
    assert_eq!(failures(), 2.0);
    let near = site.address.clone();
    let far = near.replace("127.0.0.1", "localhost");
    for page in [near, far] {
        reader.open(&page);
        let refused = |error: &String| {
            error
                .contains("in a frame because it set 'X-Frame-Options'")
                || error.contains("frame-ancestors")
        };
        // Whether it is framed, only the browser's log says.
        reader.wait("document.readyState === 'complete'");
        wait_for_error(&reader, refused);
        // A script may not read it.
        let read = reader.text(&format!(
            "fetch('{first}').then((answer) => answer.text(), \
             () => 'refused')"
        ));
        assert_eq!(read, "refused");
        // Nor have it sent again by a form, with or without a script.
        let posted = reader.text(
            "(async () => { const form = document.querySelector('form');\
             const body = new FormData(form);\
             return (await fetch(form.action, { method: 'POST', \
             mode: 'no-cors', body })).type; })()",
        );
        assert_eq!(posted, "opaque");
        leave(&reader, "document.querySelector('form button').click()");
        assert_eq!(reader.text(TITLE), "The last failures");
        let links = "document.querySelectorAll('main a').length";
        assert_eq!(reader.number(links), 2.0, "{page}");
    }
    assert_eq!(failures(), 2.0);
    // The page's own form can.
    fail(&reader, &program, FAILS);
    try_again(&reader);
    assert_eq!(failures(), 4.0);
}

fn wait_for_error(reader: &Reader, is_it: impl Fn(&String) -> bool) {
    for _ in 0..500 {
        if reader.errors().iter().any(&is_it) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("it is framed: {:?}", reader.errors());
}
