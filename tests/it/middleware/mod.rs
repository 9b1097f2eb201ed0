//! The library's middleware, alone and around one another.

#[cfg(all(feature = "conditional", feature = "gzip"))]
mod conditional;
#[cfg(all(feature = "files", unix))]
mod files;
mod first_found;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod gzip;
mod mount;
mod recorder;
mod request_id;
#[cfg(all(unix, feature = "fastcgi", feature = "http"))]
#[cfg(feature = "tiny_http")]
mod servers;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod site;
mod stacked;
#[cfg(all(
    feature = "conditional",
    feature = "gzip",
    feature = "http",
    feature = "tiny_http"
))]
mod streams;
#[cfg(all(feature = "conditional", feature = "gzip"))]
mod table;
mod timing;
mod validate;
