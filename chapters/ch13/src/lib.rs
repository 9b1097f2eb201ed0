//! Many frameworks, and one server.

mod board;
pub mod framework;
mod guest_book;
mod members;
mod service;
mod site;
pub mod small;
mod tower;

pub use board::board;
pub use guest_book::guest_book;
pub use service::{AnswerBody, AppService, service};
pub use site::site;
pub use tower::{RequestBody, Tower};

/// What services and bodies fail with.
type BoxError = Box<dyn std::error::Error + Send + Sync>;
