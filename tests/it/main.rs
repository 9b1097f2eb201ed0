//! What an application, and a reader of `src/`, may rely on: the core,
//! CGI, forms, URLs and proxies, in one program that is linked once.

mod support;

mod cgi;
mod core;
#[cfg(feature = "url")]
mod forms;
mod middleware;
