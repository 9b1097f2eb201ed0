//! Programs that are run for the book.

pub mod cargo;
pub mod job;
pub mod normalize;
pub mod programs;
pub mod progress;
pub mod runner;
pub mod serving;
pub mod shell;
