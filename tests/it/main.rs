//! What an application, and a reader of `src/`, may rely on: the core,
//! CGI, forms, URLs, proxies and middleware, in one program that is
//! linked once.

mod support;

mod cgi;
mod core;
mod debugger;
#[cfg(feature = "url")]
mod forms;
mod middleware;
#[cfg(feature = "session")]
mod session;
