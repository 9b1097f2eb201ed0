//! The guest book, served by the exercises' answers.

#[path = "../mine.rs"]
mod http;
#[path = "../../../mine.rs"]
mod mine;

use ch08::small;
use std::io;
use std::net::TcpListener;

fn main() -> io::Result<()> {
    eprintln!("{}", mine::whose(&http::PIECES));
    let app = ch06::application();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    small::serve(&listener, |connection| http::answer(connection, &app))
}
