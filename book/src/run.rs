//! Programs that are run for the book.

pub mod cache;
pub mod normalize;
pub mod programs;
pub mod progress;
pub mod serving;
pub mod shell;
pub mod terminal;
