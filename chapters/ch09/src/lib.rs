//! Waiting in a page.

pub mod small;
