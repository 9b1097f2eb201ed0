//! `shift_path`, where there is no Python to be asked.

use super::environ;
use super::shifts::SHIFTS;

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

#[test]
fn it_is_wsgirefs_shift_path_info() {
    for &(before, (name, script, path)) in SHIFTS {
        let expected =
            (name.map(String::from), script.into(), path.into());
        let (script, path) = before;
        assert_eq!(shifted(script, path), expected, "{before:?}");
    }
}

/// Python takes these for what they would mean in a path of files.
#[test]
fn two_dots_and_what_is_in_script_name_stay_as_they_are() {
    for (script, path, expected) in [
        ("/s/t", "/../a", ("..", "/s/t/..", "/a")),
        ("", "/..", ("..", "/..", "")),
        ("/s//t/.", "/a", ("a", "/s//t/./a", "")),
        ("/s/../t", "/a", ("a", "/s/../t/a", "")),
        ("/", "/a", ("a", "/a", "")),
        ("//", "/a", ("a", "//a", "")),
    ] {
        let (name, script_name, path_info) = expected;
        let expected =
            (Some(name.into()), script_name.into(), path_info.into());
        assert_eq!(shifted(script, path), expected, "{script}, {path}");
    }
}

#[test]
fn at_the_end_there_is_none_and_nothing_changes() {
    // Python raises for most of these.
    for path in ["", "a", ".", "a/", "a/b", "*", "\\a"] {
        for script in ["/x", "/x/", "", "/s//t"] {
            let none = (None, script.into(), path.into());
            assert_eq!(shifted(script, path), none, "{path:?}");
        }
    }
    let mut nothing = environ(&[("SCRIPT_NAME", "/s/")]);
    assert_eq!(nothing.shift_path(), None);
    assert_eq!(nothing.get("SCRIPT_NAME").unwrap(), "/s/");
    assert_eq!(nothing.get("PATH_INFO"), None);
}

#[test]
fn without_a_script_name_there_is_one_afterwards() {
    let mut environ = environ(&[("PATH_INFO", "/a/b")]);
    assert_eq!(environ.shift_path().as_deref(), Some("a"));
    assert_eq!(environ.get("SCRIPT_NAME").unwrap(), "/a");
    assert_eq!(environ.get("PATH_INFO").unwrap(), "/b");
}

#[test]
fn bytes_are_moved_as_they_are() {
    let mut environ = environ(&[("SCRIPT_NAME", "/x")]);
    environ.set("PATH_INFO", b"/\xeb/\xff\0");
    assert_eq!(environ.shift_path().unwrap(), "\u{fffd}");
    assert_eq!(environ.bytes("SCRIPT_NAME").unwrap(), b"/x/\xeb");
    assert_eq!(environ.bytes("PATH_INFO").unwrap(), b"/\xff\0");
    assert_eq!(environ.shift_path().unwrap(), "\u{fffd}\0");
    assert_eq!(environ.bytes("PATH_INFO").unwrap(), b"");
}
