//! Two threads write to the log by turns, a word at a time.

use std::io::{self, Write};
use std::sync::Barrier;
use std::thread;

const SUN: [&str; 4] = ["The ", "sun ", "rises", "\n"];
const BOOK: [&str; 4] = ["A ", "book ", "opens", "\n"];

fn main() -> io::Result<()> {
    let log = gateway::ErrorLog::stderr();
    let (one, two) = (log.clone(), log);
    let turn = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| speak(0, SUN, one, &turn));
        speak(1, BOOK, two, &turn)
    })
}

fn speak(
    me: usize,
    words: [&str; 4],
    mut log: impl Write,
    turn: &Barrier,
) -> io::Result<()> {
    for time in 0..8 {
        if time % 2 == me {
            write!(log, "{}", words[time / 2])?;
        }
        turn.wait();
    }
    Ok(())
}
