//! A gateway in miniature, and two applications that it can run.

mod applications;
mod gateway;

pub use applications::{application, greet};
pub use gateway::*;
