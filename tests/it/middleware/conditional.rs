//! `conditional`, and the table of what it and `gzip` do together.

use super::site::{DATE, content, site};
use super::table;
use crate::core::anything::Chance;
use gateway::Application;
use gateway::middleware::{conditional, gzip};
use gateway::preconditions::{Condition, Preconditions, Validators};
use gateway::testing::{self, Answer};
use httpdate::HttpDate;

const EARLIER: &str = "Sat, 05 Nov 1994 08:49:37 GMT";

/// All values of a field, as one.
fn joined(answer: &Answer, name: &str) -> Option<String> {
    let pairs = answer.headers.pairs();
    let is = |n: &str| n.eq_ignore_ascii_case(name);
    let values = pairs.iter().filter(|(n, _)| is(n)).map(|(_, v)| *v);
    let values: Vec<&str> = values.collect();
    (!values.is_empty()).then(|| values.join(" and "))
}

fn ask(app: &dyn Application, case: &table::Case) -> Answer {
    let mut environ = testing::environ(case.method(), case.path());
    for (name, value) in case.sent() {
        let name = name.to_ascii_uppercase().replace('-', "_");
        let name = match name.as_str() {
            "CONTENT_TYPE" => name,
            _ => format!("HTTP_{name}"),
        };
        // As a server does it with two lines.
        let before = environ.get(&name).map(|b| format!("{b}, "));
        let value = before.unwrap_or_default() + value;
        environ.set(&name, value);
    }
    testing::ask(app, environ)
}

#[test]
fn every_row_of_the_table_in_both_orders() {
    let orders: [(&str, &dyn Application); 2] = [
        ("gzip(conditional)", &gzip(conditional(site))),
        ("conditional(gzip)", &conditional(gzip(site))),
    ];
    let cases = table::all();
    assert!(cases.len() >= 150, "{}", cases.len());
    let mut faults = Vec::new();
    for (order, app) in orders {
        for case in &cases {
            let answer = ask(app, case);
            let get = |name: &str| joined(&answer, name);
            let fault = case.fault(&answer.status, get, &answer.body);
            if let Some(fault) = fault {
                let (name, request) = (case.name, case.request);
                faults.push(format!(
                    "{order}, {request}, {name}: {fault}"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Section 13.2.2, step by step, of fields that hold or do not.
fn step_by_step(
    method: &str,
    [match_, unmodified, none_match, modified]: [Option<bool>; 4],
) -> Condition {
    let reads = ["GET", "HEAD"].contains(&method);
    let not_modified = match reads {
        true => Condition::NotModified,
        false => Condition::Failed,
    };
    // Steps 1 and 2.
    if match_.or(unmodified) == Some(false) {
        return Condition::Failed;
    }
    // Step 3.
    match none_match {
        Some(false) => return not_modified,
        Some(true) => return Condition::Go,
        None => {}
    }
    // Step 4.
    match modified {
        Some(false) if reads => Condition::NotModified,
        _ => Condition::Go,
    }
}

#[test]
fn all_combinations_are_evaluated_in_the_order_of_the_rfc() {
    let current = Validators {
        etag: Some("\"1\"".into()),
        modified: DATE.parse::<HttpDate>().ok().map(Into::into),
    };
    let fields = [
        ("HTTP_IF_MATCH", "\"1\"", "\"2\""),
        ("HTTP_IF_UNMODIFIED_SINCE", DATE, EARLIER),
        ("HTTP_IF_NONE_MATCH", "\"2\"", "\"1\""),
        ("HTTP_IF_MODIFIED_SINCE", EARLIER, DATE),
    ];
    for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] {
        for n in 0..3_usize.pow(4) {
            let mut environ = testing::environ(method, "/");
            let mut holds = [None; 4];
            for (at, (name, good, bad)) in fields.iter().enumerate() {
                holds[at] = [None, Some(true), Some(false)]
                    [n / 3_usize.pow(at as u32) % 3];
                if let Some(holds) = holds[at] {
                    environ.set(name, if holds { good } else { bad });
                }
            }
            assert_eq!(
                Preconditions::of(&environ).evaluate(Some(&current)),
                step_by_step(method, holds),
                "{method} {holds:?}"
            );
        }
    }
}

#[test]
fn nothing_in_a_field_does_harm() {
    const PIECES: [&[u8]; 20] = [
        b"\"",
        b"\"1\"",
        b"W/",
        b",",
        b"*",
        b" ",
        b";",
        b"=",
        b"q=0",
        b".5",
        b"gzip",
        b"identity",
        b"\xff",
        b"\xc3\xa9",
        b"Sun, 06",
        b" Nov ",
        b"1994",
        b" 08:49:37",
        b" GMT",
        b"\t",
    ];
    let names = [
        "HTTP_ACCEPT_ENCODING",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_RANGE",
        "HTTP_IF_UNMODIFIED_SINCE",
    ];
    let apps: [&dyn Application; 2] =
        [&gzip(conditional(site)), &conditional(gzip(site))];
    let chance = Chance::new(9110);
    for _ in 0..20_000 {
        let path = chance.of(&["/tagged", "/dated", "/text", "/range"]);
        let mut environ = testing::environ("GET", path);
        for name in names {
            let count = chance.next() % 6;
            let pieces = (0..count).map(|_| chance.of(&PIECES));
            let value: Vec<u8> = pieces.flatten().copied().collect();
            environ.set(name, value);
        }
        let told = format!("{environ:?}");
        let answer = testing::ask(chance.of(&apps), environ);
        match &answer.status[..3] {
            "200" => {
                let plain = table::gunzip(&answer.body);
                let plain = plain.unwrap_or(answer.body);
                assert!(plain == content(path), "{told}");
            }
            "304" => assert_eq!(answer.body, b"", "{told}"),
            status => assert_eq!(status, "412", "{told}"),
        }
        assert!(!answer.log.contains("panicked"), "{}", answer.log);
    }
}
