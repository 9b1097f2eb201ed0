//! The query string, and forms in a body.

use super::{environ, status};
use gateway::{Failure, Form};
use std::io::Cursor;

fn parse(text: &str) -> Vec<(String, String)> {
    let form = Form::parse(text.as_bytes()).unwrap();
    let owned = |(n, v): (&str, &str)| (n.to_string(), v.to_string());
    form.fields().map(owned).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_string(), value.to_string())
}

#[test]
fn names_and_values_are_decoded_in_their_order() {
    assert_eq!(
        parse("b=1&a=Zo%C3%AB+%26+Co&b=%32"),
        [pair("b", "1"), pair("a", "Zoë & Co"), pair("b", "2")]
    );
    assert_eq!(parse("a+b%3D=c=d"), [pair("a b=", "c=d")]);
}

#[test]
fn a_field_may_lack_its_value_or_its_name() {
    assert_eq!(parse("a"), [pair("a", "")]);
    assert_eq!(parse("a="), [pair("a", "")]);
    assert_eq!(parse("=a"), [pair("", "a")]);
    assert_eq!(parse("&&a&"), [pair("a", "")]);
    assert_eq!(parse(""), []);
}

#[test]
fn a_broken_escape_stands_for_itself() {
    for text in ["%", "%z", "%zz", "100%", "%+", "%u00eb"] {
        let value = text.replace('+', " ");
        assert_eq!(parse(&format!("a={text}")), [pair("a", &value)]);
    }
}

#[test]
fn what_is_not_utf_8_is_refused_and_not_replaced() {
    for text in [&b"a=%EB"[..], b"a=\xeb", b"%C3&%AB", b"%C3=%AB"] {
        let refused = Form::parse(text).unwrap_err();
        assert_eq!(status(refused), "400 Bad Request");
    }
    // The replacement character itself can be typed.
    assert_eq!(parse("a=%EF%BF%BD"), [pair("a", "\u{fffd}")]);
}

#[test]
fn the_first_of_a_name_or_all_of_them() {
    let form = Form::parse(b"a=1&b=2&a=3").unwrap();
    assert_eq!(form.get("a"), Some("1"));
    assert!(form.all("a").eq(["1", "3"]));
    assert_eq!(form.get("c"), None);
    assert_eq!(form.all("c").count(), 0);
}

#[test]
fn there_may_be_no_query_string() {
    assert_eq!(environ(&[]).query().unwrap().fields().count(), 0);
    let query = environ(&[("QUERY_STRING", "a=1")]).query().unwrap();
    assert_eq!(query.get("a"), Some("1"));
}

fn posted(kind: &str, body: &str, limit: u64) -> gateway::Result<Form> {
    let mut environ = environ(&[("CONTENT_TYPE", kind)]);
    environ.input = Box::new(Cursor::new(body.to_string()));
    environ.form(limit)
}

const KIND: &str = "application/x-www-form-urlencoded";

#[test]
fn a_form_may_be_as_long_as_its_limit() {
    assert_eq!(posted(KIND, "a=12", 4).unwrap().get("a"), Some("12"));
    let error = posted(KIND, "a=123", 4).unwrap_err();
    assert_eq!(status(error), "413 Content Too Large");
    assert_eq!(posted(KIND, "", 0).unwrap().fields().count(), 0);
    let error = posted(KIND, "a", 0).unwrap_err();
    assert_eq!(status(error), "413 Content Too Large");
}

#[test]
fn a_form_without_a_limit_is_read() {
    for limit in [u64::MAX, u64::MAX - 1] {
        let form = posted(KIND, "a=12", limit).unwrap();
        assert_eq!(form.get("a"), Some("12"));
    }
}

#[test]
fn the_type_may_have_parameters_and_any_case() {
    for kind in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLencoded ;x",
    ] {
        assert!(posted(kind, "a=1", 9).is_ok(), "{kind}");
    }
    for kind in ["", "text/plain", "multipart/form-data; boundary=X"] {
        let error = posted(kind, "a=1", 9).unwrap_err();
        assert_eq!(status(error), "415 Unsupported Media Type");
    }
}

#[test]
fn an_error_of_the_body_is_passed_on() {
    struct Cut;
    impl std::io::Read for Cut {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Failure::bad_request("cut").into())
        }
    }
    let mut environ = environ(&[("CONTENT_TYPE", KIND)]);
    environ.input = Box::new(std::io::BufReader::new(Cut));
    let error = environ.form(9).unwrap_err();
    assert_eq!(error.to_string(), "400 Bad Request: cut");
}
