//! Middleware: functions that take an application and return one.
//!
//! To the server it is an application, and to the application a server
//! (PEP 3333, "Middleware: Components that Play Both Sides"). It can do
//! five things, alone or together: add a key to the environ, change the
//! status, intercept an error, change the headers, and change the body.
//! What it does to an answer it does as a [`Layer`](crate::Layer). Each
//! is in a file of its own, and your own are written in the same way.
//!
//! What moves SCRIPT_NAME and PATH_INFO puts them back when the
//! application has returned: others look at them behind it.

#[cfg(feature = "conditional")]
mod conditional;
#[cfg(feature = "session")]
pub mod csrf;
mod debugger;
#[cfg(all(feature = "files", unix))]
mod files;
mod first_found;
pub(crate) mod guard;
#[cfg(feature = "gzip")]
mod gzip;
mod mount;
mod recorder;
mod request_id;
#[cfg(feature = "session")]
pub mod session;
mod timing;
mod validate;

#[cfg(feature = "conditional")]
pub use conditional::conditional;
#[cfg(feature = "session")]
pub use csrf::csrf;
pub use debugger::debugger;
#[cfg(all(feature = "files", unix))]
pub use files::{Files, files};
pub use first_found::first_found;
#[cfg(feature = "gzip")]
pub use gzip::gzip;
pub use mount::{Mount, mount};
pub use recorder::recorder;
pub use request_id::{REQUEST_ID, request_id, request_id_from_proxy};
#[cfg(feature = "session")]
pub use session::session;
pub use timing::timing;
pub use validate::{Rule, Validated, validate, validate_middleware};
