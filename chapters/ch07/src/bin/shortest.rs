//! FastCGI in its shortest form: one page, whatever is asked for.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

fn main() -> io::Result<()> {
    let zero = io::stdin().as_fd().try_clone_to_owned()?;
    for stream in TcpListener::from(zero).incoming() {
        answer(stream?)?;
    }
    Ok(())
}

const STDIN: u8 = 5;

fn answer(mut stream: TcpStream) -> io::Result<()> {
    loop {
        let mut header = [0; 8];
        stream.read_exact(&mut header)?;
        let [_, kind, id1, id0, length1, length0, padding, _] = header;
        let length = u16::from_be_bytes([length1, length0]);
        let mut content = vec![0; length.into()];
        stream.read_exact(&mut content)?;
        stream.read_exact(&mut vec![0; padding.into()])?;
        if kind == STDIN && length == 0 {
            return stream.write_all(&page([id1, id0]));
        }
    }
}

const STDOUT: u8 = 6;
const END_REQUEST: u8 = 3;

fn page([id1, id0]: [u8; 2]) -> Vec<u8> {
    let page = b"Content-Type: text/html\r\n\r\nHello World!\n";
    let record = |kind, content: &[u8]| {
        let length = content.len() as u8;
        let header = [1, kind, id1, id0, 0, length, 0, 0];
        [&header, content].concat()
    };
    let out = [record(STDOUT, page), record(STDOUT, b"")];
    [out.concat(), record(END_REQUEST, &[0; 8])].concat()
}
