//! The guest book's entries, what is seen when they fail, and what is
//! said on the wire.

pub mod failing;
pub mod pages;
pub mod small;
pub mod tap;
mod watched;

use gateway::Application;
use gateway::middleware::{debugger, timing};

/// What is debugged: the pages of entries at `/`, and at all other
/// paths an application that fails wherever it can.
pub fn site() -> impl Application + Send + Sync {
    let failing = watched::watched(failing::failing);
    timing(gateway::app(move |environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match &*path {
            "/" => pages::pages(environ, start_response),
            _ => failing.call(environ, start_response),
        }
    }))
}

/// The site in a debugger.
pub fn application() -> impl Application + Send + Sync {
    debugger(site())
}
