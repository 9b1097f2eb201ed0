//! Python's applications, as ours.

mod wsgi;

pub use wsgi::{
    Raised, Wsgi, at_exit, attached, detached, print_to_stderr, version,
};
