//! Middleware: functions that take an application and return one.
//!
//! To the server it is an application, and to the application a server.
//! It can do five things, alone or together: put something into the
//! environ, change the status, answer an error, change the headers,
//! and change the body. What it does to an answer it does as a
//! [`Layer`](crate::Layer). Each of these is a file of its own, written
//! with nothing that another crate could not use: your own are written
//! in the same way.

#[cfg(feature = "conditional")]
mod conditional;
#[cfg(all(feature = "files", unix))]
mod files;
#[cfg(feature = "gzip")]
mod gzip;

#[cfg(feature = "conditional")]
pub use conditional::conditional;
#[cfg(all(feature = "files", unix))]
pub use files::{Files, files};
#[cfg(feature = "gzip")]
pub use gzip::gzip;
