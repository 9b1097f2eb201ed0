//! Middleware: a function that takes an application and returns one.
//!
//! To the server it is an application, and to the application a server
//! (PEP 3333, "Middleware: Components that Play Both Sides"). It can
//! add a key to the environ, change the status, intercept an error,
//! change headers, and change the body. If it moves SCRIPT_NAME and
//! PATH_INFO, it puts them back when the application has returned:
//! others look at them behind it. One's own is written in the same way
//! as these are.

mod validate;

pub use validate::{Rule, Validated, validate, validate_middleware};
