//! The check of exercise 1.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "The request becomes an environment";

pub const HINT: &str = "Bring the name into capitals first, and look \
    for the exceptions then; that way you look for one spelling.";

type Answer = fn(&str) -> Option<String>;

const RULE: &str = "Capitals, an underscore for each hyphen, and \
    `HTTP_` before it.";
const BODY: &str = "This field describes the body, and has no `HTTP_` \
    before its name.";
const PROXY: &str = "Many programs take `HTTP_PROXY` for a setting of \
    their own, so this field is not passed on at all.";
const WHOLE: &str = "`Proxy` is the whole name of a field. Others that \
    begin with it are passed on.";
const CASE: &str = "A field's name means the same in capitals and in \
    small letters.";

pub fn check(variable_name: Answer) -> Verdict {
    for (field, expected, hint) in [
        ("Host", Some("HTTP_HOST"), RULE),
        ("Accept-Language", Some("HTTP_ACCEPT_LANGUAGE"), RULE),
        ("X-A-B-C", Some("HTTP_X_A_B_C"), RULE),
        ("X--A-", Some("HTTP_X__A_"), RULE),
        ("Content-Type", Some("CONTENT_TYPE"), BODY),
        ("Content-Length", Some("CONTENT_LENGTH"), BODY),
        ("Content-Encoding", Some("HTTP_CONTENT_ENCODING"), RULE),
        ("X-Content-Length", Some("HTTP_X_CONTENT_LENGTH"), RULE),
        ("Proxy", None, PROXY),
        ("Proxy-Status", Some("HTTP_PROXY_STATUS"), WHOLE),
        ("content-length", Some("CONTENT_LENGTH"), CASE),
        ("pROXY", None, CASE),
    ] {
        expect(
            format!("variable_name({field:?})"),
            || variable_name(field),
            expected.map(String::from),
            hint,
        )?;
    }
    Ok(())
}

fn name(field: &str) -> String {
    field.to_uppercase().replace('-', "_")
}

pub const WRONG: [(&str, Answer); 5] = [
    // No exceptions.
    (BODY, |field| Some(format!("HTTP_{}", name(field)))),
    // One hyphen only.
    (RULE, |field| {
        let name = field.to_uppercase().replacen('-', "_", 1);
        Some(format!("HTTP_{name}"))
    }),
    // The one that slipped through.
    (PROXY, |field| match field {
        "Content-Type" | "Content-Length" => Some(name(field)),
        _ => Some(format!("HTTP_{}", name(field))),
    }),
    // The exceptions in one spelling.
    (CASE, |field| match field {
        "Proxy" => None,
        "Content-Type" | "Content-Length" => Some(name(field)),
        _ => Some(format!("HTTP_{}", name(field))),
    }),
    // The exceptions known by their ends.
    (RULE, |field| match name(field) {
        name if name == "PROXY" => None,
        name if name.ends_with("CONTENT_LENGTH") => Some(name),
        name if name == "CONTENT_TYPE" => Some(name),
        name => Some(format!("HTTP_{name}")),
    }),
];
