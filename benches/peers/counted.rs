//! The gateway, with every allocation of its process counted.

use gateway::http::Server;
use gateway::{Environ, Response, Result, StartResponse};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::io;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> io::Result<()> {
    let server = Server::bind("127.0.0.1:0")?;
    println!("{}", server.address());
    server.serve(application)
}

/// `/hello` as in the bench; any other page tells how many
/// allocations there were.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers)?;
    Ok(match environ.bytes("PATH_INFO") {
        Some(b"/hello") => {
            started.body("<html><body>Hello World!</body></html>")
        }
        _ => {
            let stats = ALLOCATOR.stats();
            let count = stats.allocations + stats.reallocations;
            started.body(count.to_string())
        }
    })
}
