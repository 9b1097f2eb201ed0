//! Says when a block is made, and when bytes go out.

use gateway::exchange::{self, Protocol};
use gateway::{Application, middleware, testing};
use std::env;
use std::io::{self, Write};

/// A wire that says what is sent.
struct Wire;

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        println!("sent: {} bytes", bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let app: Box<dyn Application> = match env::args().nth(1).as_deref()
    {
        Some("gzip") => Box::new(middleware::gzip(ch10::pages)),
        _ => Box::new(ch10::naive::gzip(ch10::pages)),
    };
    let mut environ = testing::environ("GET", "/count");
    environ.set("HTTP_ACCEPT_ENCODING", "gzip");
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut Wire);
}
