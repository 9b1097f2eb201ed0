//! The hostile requests of `tests/hostile`, and who sends them.

#[path = "../../tests/hostile/client.rs"]
#[allow(dead_code)] // the tests use the rest of these
pub mod client;
#[path = "../../tests/hostile/judge.rs"]
#[allow(dead_code)]
pub mod judge;
#[macro_use]
#[path = "../../tests/hostile/requests.rs"]
#[allow(dead_code)]
pub mod requests;
#[path = "../../tests/hostile/rfc.rs"]
pub mod rfc;
#[path = "../../tests/hostile/rules.rs"]
#[allow(dead_code)]
pub mod rules;

use requests::{REQUESTS, Request};

/// All of them: both lists.
pub fn all() -> Vec<&'static Request> {
    REQUESTS.iter().chain(rfc::REQUESTS).collect()
}
