//! Python's applications, as ours.

mod wsgi;

pub use wsgi::{Raised, Wsgi, at_exit, print_to_stderr};
