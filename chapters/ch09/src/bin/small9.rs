//! One core, two protocols: `small9 http` or `small9 fastcgi`, and
//! perhaps an address.

use ch09::small;
use std::net::TcpListener;
use std::{env, io};

/// How many requests are answered at a time.
const WORKERS: usize = 4;

fn main() -> io::Result<()> {
    let app = ch07::application();
    let protocol = env::args().nth(1).unwrap_or("http".into());
    let address = env::args().nth(2).unwrap_or("127.0.0.1:0".into());
    let listener = TcpListener::bind(address)?;
    println!("Serving at {protocol}://{}", listener.local_addr()?);
    match &protocol[..] {
        "fastcgi" => small::serve(listener, WORKERS, &|connection| {
            ch07::small::answer(connection, &app)
        }),
        _ => small::serve(listener, WORKERS, &|connection| {
            ch08::small::answer(connection, &app)
        }),
    }
}
