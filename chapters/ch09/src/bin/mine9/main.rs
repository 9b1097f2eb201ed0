//! The reader's own server: the guest book, by the HTTP and the core
//! of the exercises' answers.
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
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, io, thread};
use work::{Answer, Stop, Workers};

pieces!(chapter9 in "../../..":
    "9.1" is_whole, "9.2" permits, "9.3" idle_longest,
    "9.4" wait_for_stop);

fn main() -> io::Result<()> {
    let [one, eight] = http::PIECES;
    let whose = mine::whose(&[one, eight, chapter9::PIECES]);
    match env::args().nth(1).as_deref() {
        Some("score") => {
            eprintln!("{whose}");
            score::print()
        }
        // What the score is taken of.
        Some("tests") => serve(Arc::new(|connection| {
            http::answer(connection, &score::application)
        })),
        _ => {
            eprintln!("{whose}");
            let app = ch07::application();
            serve(Arc::new(move |connection| {
                http::answer(connection, &app)
            }))
        }
    }
}

/// How long a stop waits for requests that are under way.
const LIMIT: Duration = Duration::from_secs(3);

/// Serves until Ctrl-C.
fn serve(answer: Arc<Answer>) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.ask())
        .map_err(io::Error::other)?;
    let workers = Workers::new(answer);
    let core = Core::new(listener, workers.clone())?;
    thread::spawn(move || core.run());
    stop.wait();
    let start = Instant::now();
    while workers.at_work() > 0 && start.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
