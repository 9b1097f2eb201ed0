//! The library's middleware.

#[cfg(all(feature = "conditional", feature = "gzip"))]
mod conditional;
#[cfg(all(feature = "files", unix))]
mod files;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod gzip;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod site;
#[cfg(all(
    feature = "conditional",
    feature = "gzip",
    feature = "http",
    feature = "tiny_http"
))]
mod streams;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod table;
