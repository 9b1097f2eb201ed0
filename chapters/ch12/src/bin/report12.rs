//! What the debugger says of a request, but for the long lists.

use gateway::testing;
use std::env;

fn main() {
    let target = env::args().nth(1).unwrap_or("/?number=3".into());
    let answer = testing::get(&ch12::application(), &target);
    let mut is_long = false;
    for line in answer.text().lines() {
        if !line.starts_with([' ', '>']) {
            is_long = line.ends_with('…');
        }
        if !is_long {
            println!("{line}");
        }
    }
}
