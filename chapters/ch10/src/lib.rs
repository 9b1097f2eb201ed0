//! The guest book, and functions around it.

mod naive;
mod pages;
pub mod small;

pub use naive::gzip;
pub use pages::pages;

use gateway::Application;

/// The guest book.
pub fn application() -> impl Application + Send + Sync {
    ch06::application()
}
