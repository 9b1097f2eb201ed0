//! The table of what `gzip` and `conditional` do, under every server.

#[allow(dead_code, reason = "the program under test has the rest")]
#[path = "../../it/middleware/site.rs"]
mod site;
#[path = "../../it/middleware/table.rs"]
mod table;

use super::requests::cases::all;
use super::servers::{ALL, Kind, MOUNT, Site};
use crate::http::Answer;
use std::process::Command;
use table::Case;

const ORDERS: [&str; 2] = ["gzip-outside", "gzip-inside"];

fn ask(site: &Site, order: &str, case: &Case) -> Answer {
    let (method, path) = (case.method(), case.path());
    let mut request = format!(
        "{method} {MOUNT}/{order}{path} HTTP/1.1\r\nHost: {}\r\n\
         Connection: close\r\n",
        site.address
    );
    for (name, value) in case.sent() {
        request += &format!("{name}: {value}\r\n");
    }
    if ["POST", "PUT"].contains(&method) {
        request += "Content-Length: 0\r\n";
    }
    site.ask((request + "\r\n").as_bytes())
}

/// Is it the web server that decides?
fn is_theirs(kind: Kind, case: &Case) -> bool {
    match kind.name().split(", ").nth(1) {
        // Of HEAD it removes the length.
        Some("Apache") => {
            case.request.starts_with("HEAD")
                && case.expects("Content-Length: ")
        }
        // Of two fields they take one, or none.
        Some("lighttpd" | "nginx") => {
            case.sent().filter(|(n, _)| *n == "If-None-Match").count()
                == 2
        }
        _ => false,
    }
}

fn faults(kind: Kind) -> Vec<String> {
    let Some(site) = Site::start(kind) else { return Vec::new() };
    let mut faults = Vec::new();
    for order in ORDERS {
        let cases = table::all().into_iter();
        for case in cases.filter(|case| !is_theirs(kind, case)) {
            let answer = ask(&site, order, &case);
            let get = |name: &str| answer.get(name);
            let fault = case.fault(&answer.status, get, &answer.body);
            if let Some(fault) = fault {
                let (name, request) = (case.name, case.request);
                faults.push(format!(
                    "{kind:?}, {order}, {request}, {name}: {fault}"
                ));
            }
        }
    }
    faults
}

#[test]
fn every_row_of_the_table_under_every_server() {
    let kinds = ALL.into_iter().chain([Kind::TinyHttp]);
    let faults: Vec<String> = kinds.flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The library's own reader might share its writer's mistakes.
#[test]
fn another_gunzip_reads_it() {
    let site = Site::start(Kind::Http).unwrap();
    let request = format!(
        "GET {MOUNT}/gzip-inside/stream HTTP/1.1\r\nHost: a\r\n\
         Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    );
    let answer = site.ask(request.as_bytes());
    let path = site.folder.path("page.gz");
    std::fs::write(&path, &answer.body).unwrap();
    let mut gunzip = Command::new("gzip");
    let output = gunzip.arg("-dc").arg(path).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert_eq!(output.stdout, site::content("/stream"));
}

/// What a server puts into the environ breaks no rule, and what comes
/// through the validator is what comes without it.
#[test]
fn each_server_is_quiet_under_the_validator() {
    let mut faults = Vec::new();
    for kind in ALL {
        let Some(site) = Site::start(kind) else { continue };
        for case in all() {
            let case = case.field("X-Validated: yes");
            let answer = site.ask(&case.request(site.address));
            if let Some(fault) = case.fault(&answer) {
                faults
                    .push(format!("{kind:?}, {}: {fault}", case.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
