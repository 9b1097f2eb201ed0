//! The Web Server Gateway Interface, in Rust.
//!
//! An [`Application`] is a function of an [`Environ`], which says
//! all that is known of a request, and of `start_response`, which
//! takes the status and headers. It returns the body.
//!
//! ```
//! use gateway::{Environ, Response, Result, StartResponse};
//!
//! fn application(
//!     _environ: &mut Environ,
//!     start_response: StartResponse,
//! ) -> Result<Response> {
//!     let headers = [("Content-Type", "text/html")];
//!     let started = start_response("200 OK", &headers)?;
//!     Ok(started.body("<html><body>Hello World!</body></html>"))
//! }
//! ```
//!
//! The same application runs as a CGI program with [`cgi::run`] and
//! under servers of its own: `server`, with the feature `tiny_http`,
//! `http`, with the feature `http`, and behind a web server `fastcgi`,
//! with the feature `fastcgi`. What lies between it and the wire is
//! the [`exchange`], the same for every server; [`middleware`] puts its
//! part there as a [`Layer`]. Tests ask an application with
//! [`testing::get`].
//!
//! The book in `book/` builds this library chapter by chapter.
#![warn(missing_debug_implementations, missing_docs)]

/// What servers call themselves, in SERVER_SOFTWARE and in Server.
pub const SOFTWARE: &str =
    concat!("gateway/", env!("CARGO_PKG_VERSION"));

// What an application sees.
mod application;
mod body;
mod diagnostics;
#[cfg(any(feature = "conditional", feature = "session"))]
mod digest;
mod environ;
mod error;
mod error_log;
mod headers;
pub mod testing;
mod trace;

// What lies between it and every server.
pub mod exchange;
mod framing;
mod input;
mod layer;
pub mod middleware;
pub mod preconditions;
pub mod request_head;
pub mod response_head;

// The servers, and what several of them need.
#[cfg(feature = "signal")]
mod access_log;
#[cfg(unix)]
pub mod cgi;
#[cfg(feature = "standalone")]
pub mod command_line;
#[cfg(all(feature = "fastcgi", unix))]
pub mod fastcgi;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "signal")]
mod program;
#[cfg(feature = "tiny_http")]
pub mod server;
#[cfg(feature = "serving")]
pub mod serving;

// Forms and URLs.
#[cfg(feature = "url")]
mod form;
mod multipart;
#[cfg(feature = "url")]
mod proxy;
#[cfg(feature = "url")]
mod url;

pub use application::{Application, StartResponse, app};
pub use body::{Block, Body};
#[doc(hidden)]
pub use diagnostics::{is_watched, watched};
pub use environ::{Environ, Key, Variables};
pub use error::{Error, Failure, Result};
pub use error_log::ErrorLog;
pub use exchange::{Response, Started};
#[cfg(feature = "url")]
pub use form::Form;
pub use headers::Headers;
pub use layer::Layer;
pub use multipart::{Part, Parts};
#[cfg(feature = "url")]
pub use proxy::{ProxyField, behind_proxy};
pub use response_head::ResponseHead;

#[cfg(test)]
#[path = "../tests/fuzz/mod.rs"]
mod fuzz;
