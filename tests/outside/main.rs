//! The outside world: Python's reference implementation, and real web
//! servers. All are Debian packages: python3, apache2, lighttpd,
//! nginx.
//!
//! A program that is missing skips its tests, and says so; with the
//! variable CI set it fails them.

mod applications;
#[path = "../bound/mod.rs"]
mod bound;
mod chapters;
mod differences;
mod fastcgi;
mod http;
mod killed;
mod matrix;
mod missing;
mod nginx;
mod oracle;
mod process;
mod requests;
mod required;
#[path = "../it/forms/shifts.rs"]
mod shifts;
mod smuggling;
mod strangers;
mod urls;
mod validated;
mod web_servers;
