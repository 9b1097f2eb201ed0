//! Middleware: an application to the server, and a server to the
//! application inside of it.
//!
//! It is a function that takes an application and returns one. With it
//! one can do five things: add a key to the environ, change the status,
//! intercept an error, change headers, and change the body. Each piece
//! here is short, in a file of its own, and uses nothing that is not
//! public: one's own is written in the same way.

#[cfg(all(feature = "files", unix))]
mod files;

#[cfg(all(feature = "files", unix))]
pub use files::{Files, files};
