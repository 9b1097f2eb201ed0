//! What the validator says of gzip as one writes it at first.

use ch10::{naive, pages};
use gateway::middleware::validate_middleware;
use gateway::testing;

/// The five faults, by what shows each.
const ASKED: [(&str, &str); 5] = [
    ("/", "gzip;q=0"),
    ("/known", "gzip"),
    ("/packed", "gzip"),
    ("/", "gzip"),
    ("/count", "gzip"),
];

fn main() {
    let app = validate_middleware(pages, naive::gzip);
    for (path, accepted) in ASKED {
        let mut environ = testing::environ("GET", path);
        environ.set("HTTP_ACCEPT_ENCODING", accepted);
        println!("{path}, {accepted}:");
        println!("{}", testing::ask(&app, environ).log);
    }
}
