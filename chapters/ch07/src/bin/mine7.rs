//! A FastCGI server of the exercises' answers: `ask mine7 GET /`.

#[path = "../../exercises"]
mod answers {
    pub mod answer;
    pub mod pair_length;
    pub mod records;
    pub mod values;
}
#[path = "../mine.rs"]
mod mine;

use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::thread;

fn main() -> io::Result<()> {
    let zero = io::stdin().as_fd().try_clone_to_owned()?;
    let app = ch07::application();
    thread::scope(|scope| {
        for stream in TcpListener::from(zero).incoming() {
            let (mut stream, app) = (stream?, &app);
            scope.spawn(move || mine::serve(&mut stream, app));
        }
        Ok(())
    })
}
