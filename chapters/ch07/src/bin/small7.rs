//! `small`, at an address, or else at descriptor 0.

use ch07::{application, small};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::{env, io};

fn main() -> io::Result<()> {
    let listener = match env::args().nth(1) {
        Some(address) => TcpListener::bind(address)?,
        None => io::stdin().as_fd().try_clone_to_owned()?.into(),
    };
    small::serve(&listener, &application())
}
