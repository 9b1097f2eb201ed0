//! One core, two protocols: `small9 http` or `small9 fastcgi`, and
//! perhaps an address.

use ch09::small;
use std::net::TcpListener;
use std::{env, io};

/// How many requests are answered at a time.
const WORKERS: usize = 4;

fn main() -> io::Result<()> {
    let app = ch07::application();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (protocol, address) = match &arguments[..] {
        [protocol] => (&protocol[..], "127.0.0.1:0"),
        [protocol, address] => (&protocol[..], &address[..]),
        _ => ("http", "127.0.0.1:0"),
    };
    let listener = TcpListener::bind(address)?;
    println!("Serving at {protocol}://{}", listener.local_addr()?);
    match protocol {
        "fastcgi" => small::serve(listener, WORKERS, &|connection| {
            ch07::small::answer(connection, &app)
        }),
        _ => small::serve(listener, WORKERS, &|connection| {
            ch08::small::answer(connection, &app)
        }),
    }
}
