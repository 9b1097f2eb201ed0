//! `conditional`, and the table of what it and `gzip` do together.

use super::site::site;
use super::table;
use gateway::Application;
use gateway::middleware::{conditional, gzip};
use gateway::testing::{self, Answer};

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
