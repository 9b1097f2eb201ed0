//! The shared suite: requests that every server must answer alike.

#[path = "cases.rs"]
pub mod cases;

use super::servers::{ALL, Kind, MOUNT, Site};
use crate::http::Answer;
use cases::{all, case};

/// How many of how many requests a server answers as it must, and what
/// is wrong with the other answers.
pub fn outcome(kind: Kind, site: &Site) -> (String, Vec<String>) {
    let mut faults = Vec::new();
    let cases = all();
    for case in &cases {
        let answer = site.ask(&case.request(site.address));
        if let Some(fault) = case.fault(&answer) {
            faults.push(format!("{kind:?}, {}: {fault}", case.name));
        }
    }
    let count = cases.len();
    (format!("{} of {count}", count - faults.len()), faults)
}

/// The same request, and two answers that are right.
#[test]
fn the_web_server_decides_what_a_body_in_chunks_is() {
    let chunks = "3\r\none\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    let mut chunked = case("a body in chunks", "POST /read-all")
        .field("Transfer-Encoding: chunked");
    chunked.body = chunks.into();
    for kind in ALL {
        let Some(site) = Site::start(kind) else { continue };
        let ask = |case: &cases::Case| {
            site.ask(&case.request(site.address)).text()
        };
        // Without a length there is no body (RFC 3875, section 4.2);
        // others keep the body until they know how long it is.
        let body =
            if kind == Kind::CgiApache { "" } else { "onetwo\n" };
        assert_eq!(ask(&chunked), body, "{kind:?}");
    }
}
