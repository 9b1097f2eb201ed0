//! What the exercises ask for, of the library's debugger.

use gateway::middleware::debugger;
use gateway::{Result, testing};
use std::collections::HashMap;

#[test]
fn a_crate_of_the_standard_library_is_not_ours() {
    let app = debugger(gateway::app(|_, _| {
        let mut map = HashMap::from([(1, 2)]);
        map.retain(|_, _| panic!("no entries"));
        Err(format!("{} entries", map.len()).into())
    }));
    let answer = testing::get(&app, "/");
    let report = answer.text();
    let (way, all) = report.split_once("\nAll functions").unwrap();
    // The test is of something.
    assert!(all.contains("/hashbrown-"), "{report}");
    assert!(!way.contains("/hashbrown-"), "{report}");
}

#[test]
fn a_password_is_covered_however_its_name_is_written() {
    let app = debugger(gateway::app(|environ, _| {
        let count = environ.form(1000)?.fields().count();
        Result::Err(format!("{count} fields").into())
    }));
    for body in ["a=b&password=7f6", "a=b&pass%77ord=7f6"] {
        let mut environ = testing::environ("POST", "/login");
        let kind = "application/x-www-form-urlencoded";
        environ.set("CONTENT_TYPE", kind);
        environ.set("CONTENT_LENGTH", body.len().to_string());
        environ.input = Box::new(body.as_bytes());
        let answer = testing::ask(&app, environ);
        let report = answer.text();
        let (_, shown) = report.split_once("\nThe input").unwrap();
        assert!(shown.contains("(covered)"), "{report}");
        assert!(!shown.contains("7f6"), "{report}");
    }
}
