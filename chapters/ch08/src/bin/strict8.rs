//! The page with all of its rules, as a program.

use ch08::{small, strict};
use std::io;
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    small::serve(&listener, |connection| {
        strict::answer(connection, &ch05::application)
    })
}
