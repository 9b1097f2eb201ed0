//! What visitors type, the URLs that they ask for, where they come
//! from, and the proxies that they come through.

mod form;
mod parts;
mod path;
mod proxy;
mod target;
mod url;

use gateway::{Environ, Failure};

fn environ(variables: &[(&str, &str)]) -> Environ {
    let mut environ = Environ::new();
    for (name, value) in variables {
        environ.set(name, value);
    }
    environ
}

/// The status that an error is answered with.
fn status(error: &gateway::Error) -> &'static str {
    Failure::find(error).expect("a failure").status
}
