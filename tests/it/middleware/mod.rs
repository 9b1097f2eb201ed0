//! The middleware of the library, each in its file.

mod first_found;
mod mount;
mod request_id;
#[cfg(all(unix, feature = "fastcgi", feature = "http"))]
#[cfg(feature = "tiny_http")]
mod servers;
mod stacked;
mod timing;
