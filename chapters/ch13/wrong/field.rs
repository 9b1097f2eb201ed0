//! The check of exercise 13.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "A request, and back";

pub const HINT: &str = "Begin with a `match` of the names that are \
    exceptions, whole; `strip_prefix(\"HTTP_\")?` is for the rest of \
    them. Then ask of each byte whether it may be there, and whether \
    there is one at all. Replace and make small letters at the end.";

type Answer = fn(&str) -> Option<String>;

const FIELD: &str = "This one was made from a field.";
const SMALL: &str = "The name is in small letters: HTTP/2 knows no \
    others, and `http::HeaderName` neither.";
const DASH: &str = "Each `_` was a `-`: a server leaves out fields \
    with a `_` of their own.";
const OTHER: &str = "This variable says something of the request or \
    the server, and is not a field.";
const FRONT: &str = "Only what begins with `HTTP_` was made from a \
    field, and the `_` is a part of that.";
const ONCE: &str = "It is the `HTTP_` in front that was put there. \
    Another one belongs to the field.";
const CONTENT: &str = "CONTENT_TYPE and CONTENT_LENGTH are fields, \
    without `HTTP_`.";
const TWICE: &str = "With `HTTP_`, this is the same field for a second \
    time, and the server has read the other.";
const ONLY: &str = "There are two of CONTENT_: all others with that \
    name are not fields.";
const LONGER: &str = "It only begins as one of the exceptions does. \
    Compare the whole name.";
const PROXY: &str = "HTTP_PROXY is never a field: it is the machine's \
    own proxy, and no business of the application.";
const EMPTY: &str = "No field has an empty name.";
const CASE: &str = "A server makes capitals, so this is a variable of \
    somebody else, as `http_proxy` is.";
const TOKEN: &str = "No field has such a name (RFC 9110, section \
    5.6.2), so it is not one that was sent.";
const SIGNS: &str = "Digits and ``!#$%&'*+.^`|~`` may be in the name \
    of a field.";
const HYPHEN: &str = "A server has made `_` of each `-`: where there \
    still is one, it has not made the variable.";

const CASES: [(&str, Option<&str>, &str); 48] = [
    ("HTTP_HOST", Some("host"), SMALL),
    ("HTTP_ACCEPT_LANGUAGE", Some("accept-language"), DASH),
    ("HTTP_IF_NONE_MATCH", Some("if-none-match"), DASH),
    ("HTTP_X__A_", Some("x--a-"), DASH),
    ("HTTP__A", Some("-a"), DASH),
    ("REQUEST_METHOD", None, OTHER),
    ("SERVER_NAME", None, OTHER),
    ("PATH_INFO", None, OTHER),
    ("REMOTE_ADDR", None, OTHER),
    ("SCRIPT_NAME", None, OTHER),
    ("HOST", None, OTHER),
    ("", None, OTHER),
    ("HTTPS", None, FRONT),
    ("HTTP", None, FRONT),
    ("HTTP2_SETTINGS", None, FRONT),
    ("HTTPS_KEY", None, FRONT),
    ("REDIRECT_HTTP_ACCEPT", None, FRONT),
    ("PROXY_HTTP_HOST", None, FRONT),
    ("HTTP_X_HTTP_METHOD", Some("x-http-method"), ONCE),
    ("HTTP_HTTP_METHOD", Some("http-method"), ONCE),
    ("HTTP_HTTP_", Some("http-"), ONCE),
    ("CONTENT_TYPE", Some("content-type"), CONTENT),
    ("CONTENT_LENGTH", Some("content-length"), CONTENT),
    ("HTTP_CONTENT_TYPE", None, TWICE),
    ("HTTP_CONTENT_LENGTH", None, TWICE),
    ("CONTENT_ENCODING", None, ONLY),
    ("CONTENT_LANGUAGE", None, ONLY),
    ("CONTENT_TYPE_OPTIONS", None, ONLY),
    ("HTTP_CONTENT_LANGUAGE", Some("content-language"), LONGER),
    ("HTTP_CONTENT_TYPE_A", Some("content-type-a"), LONGER),
    ("HTTP_X_CONTENT_TYPE", Some("x-content-type"), LONGER),
    ("HTTP_PROXY", None, PROXY),
    ("HTTP_PROXY_STATUS", Some("proxy-status"), LONGER),
    ("HTTP_X_PROXY", Some("x-proxy"), LONGER),
    ("HTTP_", None, EMPTY),
    ("http_proxy", None, CASE),
    ("Http_Host", None, CASE),
    ("HTTP_host", None, CASE),
    ("HTTP_Accept", None, CASE),
    ("content_type", None, CASE),
    ("HTTP_A B", None, TOKEN),
    ("HTTP_A:B", None, TOKEN),
    ("HTTP_A\r\nB", None, TOKEN),
    ("HTTP_CAFÉ", None, TOKEN),
    ("HTTP_A\"(),/", None, TOKEN),
    ("HTTP_X1!#$%&'*+.^`|~", Some("x1!#$%&'*+.^`|~"), SIGNS),
    ("HTTP_7", Some("7"), SIGNS),
    ("HTTP_ACCEPT-LANGUAGE", None, HYPHEN),
];

pub fn check(field: Answer) -> Verdict {
    for (variable, expected, hint) in CASES {
        let sent = format!("{variable:?}");
        let expected = expected.map(String::from);
        let verdict = expect(sent, || field(variable), expected, hint);
        verdict.map_err(|complaint| match hint {
            SMALL | DASH => complaint.hint_if("None", FIELD),
            _ => complaint,
        })?;
    }
    Ok(())
}

const SIGN: &str = "!#$%&'*+.^_`|~";

fn may_be_in(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || SIGN.contains(c)
}

/// What is right, but for the characters that a name has.
fn by(variable: &str, may_be_in: fn(char) -> bool) -> Option<String> {
    let name = match variable {
        "CONTENT_TYPE" | "CONTENT_LENGTH" => variable,
        "HTTP_CONTENT_TYPE" | "HTTP_CONTENT_LENGTH" => None?,
        "HTTP_PROXY" => None?,
        _ => {
            variable.strip_prefix("HTTP_").filter(|n| !n.is_empty())?
        }
    };
    let is_name = name.chars().all(may_be_in);
    is_name.then(|| small(name))
}

fn small(name: &str) -> String {
    name.replace('_', "-").to_lowercase()
}

/// What is right, but for these variables.
fn but(
    variable: &str,
    other: fn(&str) -> bool,
    answer: fn(&str) -> Option<String>,
) -> Option<String> {
    match other(variable) {
        true => answer(variable),
        false => by(variable, may_be_in),
    }
}

pub const WRONG: [(&str, Answer); 27] = [
    // None is.
    (FIELD, |_| None),
    // As it is.
    (SMALL, |variable| {
        by(variable, may_be_in).map(|name| name.to_uppercase())
    }),
    // As it is usually written.
    (SMALL, |variable| {
        let name = by(variable, may_be_in)?;
        let words = name.split('-').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        });
        Some(words.collect::<Vec<_>>().join("-"))
    }),
    // Underscores stay.
    (DASH, |variable| {
        by(variable, may_be_in).map(|name| name.replace('-', "_"))
    }),
    // The first one alone.
    (DASH, |variable| {
        let name = by(variable, may_be_in)?.replace('-', "_");
        Some(name.replacen('_', "-", 1))
    }),
    // Words, without what is empty.
    (DASH, |variable| {
        let name = by(variable, may_be_in)?;
        let words = name.split('-').filter(|word| !word.is_empty());
        Some(words.collect::<Vec<_>>().join("-"))
    }),
    // All variables are.
    (OTHER, |variable| {
        let name = variable.strip_prefix("HTTP_").unwrap_or(variable);
        Some(small(name))
    }),
    // A list of those that are not.
    (OTHER, |variable| match variable {
        "REQUEST_METHOD" | "PATH_INFO" | "SCRIPT_NAME" => None,
        _ if variable.starts_with("SERVER_") => None,
        _ => Some(small(variable.trim_start_matches("HTTP_"))),
    }),
    // The protocol in front.
    (FRONT, |variable| {
        but(
            variable,
            |v| v.starts_with("HTTP") && !v.starts_with("HTTP_"),
            |v| {
                let name = v.strip_prefix("HTTP")?;
                Some(small(name.strip_prefix('_').unwrap_or(name)))
            },
        )
    }),
    // Anywhere.
    (FRONT, |variable| {
        let (_, name) =
            variable.split_once("HTTP_").unwrap_or_default();
        match by(variable, may_be_in) {
            None if !name.is_empty() => Some(small(name)),
            answer => answer,
        }
    }),
    // Wherever it is.
    (ONCE, |variable| {
        let name = by(variable, may_be_in)?;
        Some(name.replace("http-", ""))
    }),
    // As often as it is.
    (ONCE, |variable| {
        let name = by(variable, may_be_in)?;
        Some(name.trim_start_matches("http-").into())
    }),
    // No exceptions.
    (CONTENT, |variable| variable.strip_prefix("HTTP_").map(small)),
    // Both.
    (TWICE, |variable| {
        but(
            variable,
            |v| v.starts_with("HTTP_CONTENT_"),
            |v| v.strip_prefix("HTTP_").map(small),
        )
    }),
    // All that are about the content.
    (ONLY, |variable| {
        but(variable, |v| v.starts_with("CONTENT_"), |v| Some(small(v)))
    }),
    // None that is about the content.
    (LONGER, |variable| {
        but(variable, |v| v.starts_with("HTTP_CONTENT_"), |_| None)
    }),
    // What begins so.
    (LONGER, |variable| {
        but(variable, |v| v.starts_with("HTTP_CONTENT_TYPE"), |_| None)
    }),
    // A field like others.
    (PROXY, |variable| {
        but(variable, |v| v == "HTTP_PROXY", |_| Some("proxy".into()))
    }),
    // All that are about proxies.
    (LONGER, |variable| {
        but(variable, |v| v.starts_with("HTTP_PROXY"), |_| None)
    }),
    // Nothing is a name.
    (EMPTY, |variable| {
        but(variable, |v| v == "HTTP_", |_| Some(String::new()))
    }),
    // Capitals do not matter.
    (CASE, |variable| match &*variable.to_uppercase() {
        "HTTP_CAFÉ" => None,
        variable => by(variable, may_be_in),
    }),
    // All that may be in the name of a field.
    (CASE, |variable| {
        by(variable, |c| c.is_ascii_lowercase() || may_be_in(c))
    }),
    // Whatever it is.
    (TOKEN, |variable| {
        by(variable, |c| !c.is_ascii_lowercase() && c != '-')
    }),
    // Letters of all alphabets.
    (TOKEN, |variable| {
        by(variable, |c| c.is_uppercase() || may_be_in(c))
    }),
    // Letters alone.
    (SIGNS, |variable| {
        by(variable, |c| c.is_ascii_uppercase() || c == '_')
    }),
    // A dash is a dash.
    (HYPHEN, |variable| by(variable, |c| c == '-' || may_be_in(c))),
    // Back and forth.
    (RIGHT, |variable| {
        let (cgis, rest) = match variable.strip_prefix("HTTP_") {
            None => (true, variable),
            Some(rest) => (false, rest),
        };
        let is_cgis =
            ["CONTENT_TYPE", "CONTENT_LENGTH"].contains(&rest);
        let is_left_out = is_cgis != cgis || rest == "PROXY";
        let is_token = |c| SIGN.contains(c) || char::is_alphanumeric(c);
        let is_it = rest.is_ascii()
            && rest.chars().all(is_token)
            && rest.to_uppercase() == rest
            && !rest.is_empty();
        (is_it && !is_left_out).then(|| small(rest))
    }),
];
