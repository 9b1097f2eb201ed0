//! The article's `show_environ`, in Python and in Rust.

use ch14::Wsgi;
use gateway::{Application, testing};
use std::collections::BTreeSet;
use std::ffi::CString;

const PYTHONS: &str = include_str!("../../python/show_environ.py");

fn keys(app: impl Application) -> BTreeSet<String> {
    let page = testing::get(&app, "/page?a=b").text().into_owned();
    let words = page.split(['<', '>', '\n']);
    let is_key = |word: &&str| {
        word.contains('.') || word.chars().any(char::is_uppercase)
    };
    let keys = words.filter(is_key).filter(|w| !w.contains(' '));
    keys.map(String::from).collect()
}

/// All but one, which is not PEP 3333's.
#[test]
fn the_keys_are_the_same() {
    let code = CString::new(PYTHONS).unwrap();
    let pythons = Wsgi::from_code(&code, "application").unwrap();
    let mut ours = keys(ch03::show_environ);
    for key in ["REQUEST_METHOD", "PATH_INFO", "wsgi.input"] {
        assert!(ours.contains(key), "{key} of {ours:?}");
    }
    ours.insert("wsgi.input_terminated".into());
    assert_eq!(keys(pythons), ours);
}
