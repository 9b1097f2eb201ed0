//! Programs that are run for the book.

pub mod bytes;
pub mod cargo;
pub mod client;
pub mod job;
pub mod lack;
pub mod normalize;
pub mod output;
pub mod process;
pub mod programs;
pub mod progress;
pub mod runner;
pub mod serving;
pub mod shell;
pub mod supervisor;
pub mod terminal;
