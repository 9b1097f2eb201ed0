//! Chapter 7's shared requests.

#[path = "../../../../../tests/outside/matrix/cases.rs"]
mod cases;

use crate::http::Answer;
use crate::site::Site;

const MOUNT: &str = "/cgi-bin/app";

#[test]
fn every_server_answers_chapter_7s_requests() {
    let mut faults = Vec::new();
    for (kind, site) in Site::all("suite:application") {
        for case in cases::all() {
            let answer = site.ask(&case.request(site.address));
            if let Some(fault) = case.fault(&answer) {
                let name = case.name;
                faults.push(format!("{kind:?}, {name}: {fault}"));
            }
        }
        let log = site.log();
        assert!(!log.contains("Traceback"), "{kind:?}: {log}");
    }
    // These join the values without the space, which is legal, too.
    let joined = ["Wsgiref", "GunicornSync", "GunicornThreads"];
    faults.retain(|fault| {
        !joined.iter().any(|kind| {
            let twice = "a field twice: HTTP_X_NAME=one,two";
            *fault == format!("{kind}, {twice}")
        })
    });
    assert_eq!(faults, [""; 0]);
}
