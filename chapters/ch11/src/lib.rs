//! A guest book that knows its visitors, and how it comes to that.

mod book;
pub mod late;
mod members;
mod page;
pub mod signed;
pub mod small;
mod store;
pub mod stored;

pub use store::store;

use gateway::Application;
use gateway::middleware::session::Store;
use gateway::middleware::{csrf, session};

/// The guest book, with its sessions in this store.
pub fn application(
    store: impl Store + 'static,
) -> impl Application + Send + Sync {
    session(csrf(book::book(ch06::file())), store)
}
