//! Programs that are run for the book.

pub mod cache;
pub mod client;
pub mod normalize;
pub mod output;
pub mod process;
pub mod programs;
pub mod progress;
pub mod serving;
pub mod shell;
pub mod supervisor;
pub mod terminal;
