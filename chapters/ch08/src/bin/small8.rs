//! The page as a program.

use ch08::small;
use std::io;
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    small::serve(&listener, |connection| {
        small::answer(connection, &ch05::application)
    })
}
