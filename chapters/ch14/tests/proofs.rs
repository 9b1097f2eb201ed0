//! Proves the exercises: solvable, unsolved, and hard to get wrong.

#[macro_use]
#[path = "../../exercise.rs"]
mod exercise;
#[path = "../exercises/mod.rs"]
mod exercises;

use exercise::prove as judge;
