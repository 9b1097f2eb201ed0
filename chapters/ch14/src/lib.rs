//! Python's applications, as ours.

mod wsgi;

pub use wsgi::{
    Raised, Wsgi, at_exit, attached, detached, let_children_end,
    print_to_stderr, version,
};
