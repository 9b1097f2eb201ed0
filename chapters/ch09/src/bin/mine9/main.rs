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

use mine::pieces;
use std::sync::Arc;
use std::{env, io};
use work::serve;

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
