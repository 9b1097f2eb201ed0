//! The main paths in Firefox, by a script that npm's puppeteer-core
//! runs: `tests/browser/firefox.mjs`.

use browser::{Book, ROOT, installed, skip};
use std::path::Path;
use std::process::Command;

/// The folder that `.ci/run` installs it into.
const PACKAGE: &str =
    "target/ci-tools/puppeteer/node_modules/puppeteer-core";

#[test]
fn a_reader_with_firefox_can_do_the_same() {
    let Some(firefox) = installed(&["firefox-esr", "firefox"]) else {
        return skip("firefox is not installed");
    };
    let Some(node) = installed(&["node"]) else {
        return skip("node is not installed");
    };
    if !Path::new(ROOT).join(PACKAGE).is_dir() {
        return skip("puppeteer-core is not in target/ci-tools");
    }
    let book = Book::serve();
    let script = Path::new(ROOT).join("tests/browser/firefox.mjs");
    let done = Command::new(node)
        .arg(script)
        .arg(&book.address)
        .arg(&book.folder)
        .arg(firefox)
        .output()
        .expect("node");
    println!("{}", String::from_utf8_lossy(&done.stdout));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}
