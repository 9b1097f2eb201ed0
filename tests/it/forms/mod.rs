//! What visitors type, the URLs that they ask for, and the proxies
//! that they come through.

mod blocks;
mod form;
mod multipart_table;
mod parts;
mod path;
mod proxy;
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
fn status(error: impl Into<gateway::Error>) -> String {
    let error = error.into();
    let failure = Failure::find(&error).expect("a failure");
    let text = failure.to_string();
    text.split(": ").next().unwrap().to_string()
}
