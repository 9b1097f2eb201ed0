//! The reader's own server: chapter 7's application, by the HTTP and
//! the core of the exercises' answers.
//!
//! `mine9 score` says how many requests it answers rightly.

mod core;
#[path = "../../../../ch08/src/mine.rs"]
mod http;
#[path = "../../../../mine.rs"]
mod mine;
mod score;
mod work;

use core::Core;
use mine::pieces;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, io, thread};
use work::{AT_WORK, Answer, Stop, at_work};

pieces!(chapter9 in "../../..":
    "9.1" is_whole, "9.2" permits, "9.3" idle_longest,
    "9.4" wait_for_stop);

/// How long a stop waits for requests that are under way.
const LIMIT: Duration = Duration::from_secs(3);

fn main() -> io::Result<()> {
    let word = env::args().nth(1);
    match word.as_deref() {
        Some("score") => return score::print(),
        // What the score is taken of.
        Some("tests") => {
            return serve(|connection| {
                http::answer(connection, &score::application)
            });
        }
        _ => {}
    }
    let [one, eight] = http::PIECES;
    eprintln!("{}", mine::whose(&[one, eight, chapter9::PIECES]));
    let app = ch07::application();
    serve(move |connection| http::answer(connection, &app))
}

fn serve(answer: impl Answer) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    let ask = move || asked.ask();
    ctrlc::set_handler(ask).map_err(io::Error::other)?;
    let free = Arc::new(Mutex::new(AT_WORK));
    let core =
        Core::new(listener, Arc::new(answer), Arc::clone(&free))?;
    thread::spawn(move || core.run());
    stop.wait();
    let start = Instant::now();
    while at_work(&free) > 0 && start.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
