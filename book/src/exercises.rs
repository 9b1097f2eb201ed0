//! The exercises: what they consist of, and how far the reader is.

mod compiled;
pub mod complaint;
pub mod exercise;
pub mod own_server;
pub mod progress_table;
pub mod reset;
pub mod verdict;
pub mod whole;
