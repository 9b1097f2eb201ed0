//! Checks the reader's answers: `cargo test -p ch14 --test exercises`.

#[macro_use]
#[path = "../../exercise.rs"]
mod exercise;
#[path = "../exercises/mod.rs"]
mod exercises;

use exercise::check as judge;
