//! The exercises: what they consist of, and how far the reader is.

pub mod exercise;
pub mod progress_table;
pub mod reset;
