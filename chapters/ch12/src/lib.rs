//! A page that fails in every way there is.

pub mod failing;
