//! The environ, the exchange, the log, and what the compiler proves.

pub mod anything;
mod applications;
mod compile_fail;
mod environ_and_log;
mod errors;
mod exchange;
mod layers;
pub mod memory;
