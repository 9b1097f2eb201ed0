//! What services and their bodies do to `Tower`, and environs too.

mod bodies;
mod environs;
mod paths;
mod runtimes;
mod served;
#[path = "../../../../tests/it/support/mod.rs"]
mod support;

use axum::Router;
use ch13::Tower;
use gateway::Environ;
use gateway::testing::{self, Answer};

fn tower(router: Router) -> Tower<Router> {
    Tower::new(router).unwrap()
}

/// A POST of these bytes, which come all at once.
fn post(target: &str, body: &'static [u8]) -> Environ {
    let mut environ = testing::environ("POST", target);
    environ.set("CONTENT_LENGTH", body.len().to_string());
    environ.input = Box::new(body);
    environ
}

fn ask(router: Router, environ: Environ) -> Answer {
    testing::ask(&tower(router), environ)
}
