//! Many frameworks, and one server.

mod service;
mod tower;

pub use service::{AnswerBody, AppService, service};
pub use tower::{RequestBody, Tower};

/// What services and bodies fail with.
type BoxError = Box<dyn std::error::Error + Send + Sync>;
