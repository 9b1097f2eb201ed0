//! A first server: a socket, httparse, and the exchange.

use gateway::Environ;
use gateway::exchange::{self, Protocol};
use gateway::request_head::RequestHead;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        answer(stream?)?;
    }
    Ok(())
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 8192];
    let length = stream.read(&mut buffer)?;
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut headers);
    let _ = request.parse(&buffer[..length]);
    let fields = request.headers.iter().map(|h| (h.name, h.value));
    let fields: Vec<_> = fields.collect();
    let head = RequestHead {
        method: request.method.unwrap_or_default(),
        target: request.path.unwrap_or_default().as_bytes(),
        version: (1, request.version.unwrap_or_default()),
        fields: &fields,
    };
    let mut environ = Environ::new();
    head.fill(&mut environ);
    let close = Protocol::Http { minor: 1, keep_alive: false };
    exchange::run(&ch05::application, &mut environ, close, &mut stream);
    Ok(())
}
