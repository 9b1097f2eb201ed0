//! Middleware, and the applications that come with it.

#[cfg(all(feature = "files", unix))]
mod files;
