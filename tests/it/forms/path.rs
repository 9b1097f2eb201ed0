//! `shift_path`: bare numbers in comments are lines of PEP 3333.

use super::environ;

/// The name, and SCRIPT_NAME and PATH_INFO afterwards.
fn shifted(
    script: &str,
    path: &str,
) -> (Option<String>, String, String) {
    let mut environ =
        environ(&[("SCRIPT_NAME", script), ("PATH_INFO", path)]);
    let name = environ.shift_path();
    let get = |name| environ.get(name).unwrap().into_owned();
    (name, get("SCRIPT_NAME"), get("PATH_INFO"))
}

fn expected(
    name: &str,
    script: &str,
    path: &str,
) -> (Option<String>, String, String) {
    (Some(name.into()), script.into(), path.into())
}

#[test]
fn the_first_segment_is_moved() {
    assert_eq!(shifted("", "/a/b"), expected("a", "/a", "/b"));
    assert_eq!(shifted("/x", "/a"), expected("a", "/x/a", ""));
    assert_eq!(shifted("/x", "/a/"), expected("a", "/x/a", "/"));
    assert_eq!(shifted("/x/a", "/"), expected("", "/x/a/", ""));
    assert_eq!(shifted("", "//a"), expected("", "/", "/a"));
}

#[test]
fn at_the_end_there_is_none_and_nothing_changes() {
    let none = (None, "/x".to_string(), String::new());
    assert_eq!(shifted("/x", ""), none);
    let mut nothing = environ(&[]);
    assert_eq!(nothing.shift_path(), None);
    assert_eq!(nothing.get("SCRIPT_NAME"), None);
}

#[test]
fn bytes_are_moved_as_they_are() {
    let mut environ = environ(&[("SCRIPT_NAME", "/x")]);
    environ.set("PATH_INFO", b"/\xeb/\xff");
    assert_eq!(environ.shift_path().unwrap(), "\u{fffd}");
    assert_eq!(environ.bytes("SCRIPT_NAME").unwrap(), b"/x/\xeb");
    assert_eq!(environ.bytes("PATH_INFO").unwrap(), b"/\xff");
}
