//! The guest book, and functions around it.

use gateway::Application;

/// The guest book.
pub fn application() -> impl Application + Send + Sync {
    ch06::application()
}
