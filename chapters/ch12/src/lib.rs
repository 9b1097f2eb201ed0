//! The guest book's entries, what is seen when they fail, and what is
//! said on the wire.

pub mod failing;
pub mod pages;
pub mod small;
pub mod tap;
mod watched;

use gateway::Application;
use gateway::middleware::{debugger, timing};

/// The pages of entries below `/`, and below `/failing` an application
/// that fails wherever it can.
pub fn application() -> impl Application + Sync {
    let failing = watched::watched(failing::failing);
    let app = gateway::app(move |environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match &*path {
            "/" => pages::pages(environ, start_response),
            _ => failing.call(environ, start_response),
        }
    });
    debugger(timing(app))
}
