//! A FastCGI server of the exercises' answers: `ask mine7 GET /`.

#[path = "../mine.rs"]
mod fastcgi;
#[path = "../../../mine.rs"]
mod mine;

use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::thread;

fn main() -> io::Result<()> {
    eprintln!("{}", mine::whose(&[fastcgi::PIECES]));
    let zero = io::stdin().as_fd().try_clone_to_owned()?;
    let app = ch07::application();
    thread::scope(|scope| {
        for stream in TcpListener::from(zero).incoming() {
            let (mut stream, app) = (stream?, &app);
            scope.spawn(move || fastcgi::serve(&mut stream, app));
        }
        Ok(())
    })
}
