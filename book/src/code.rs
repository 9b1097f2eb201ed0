//! The project's code, as the figures and the counts see it.

pub mod blocks;
pub mod coverage;
pub mod item;
pub mod python;
pub mod source;
