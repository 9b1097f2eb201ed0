//! A guest book that knows its visitors, and how it comes to that.

mod book;
pub mod late;
mod members;
mod page;
pub mod signed;
pub mod small;
mod store;
pub mod stored;

pub use members::is_member;
pub use store::store;

use gateway::middleware::session::Store;
use gateway::middleware::{csrf, session};
use gateway::{Application, ProxyField, behind_proxy};
use std::net::Ipv4Addr;

/// The guest book, with its sessions in this store.
pub fn application(
    store: impl Store + 'static,
) -> impl Application + Send + Sync {
    let book = book::book(ch06::file());
    let app = session(csrf(book), store);
    // A proxy on this machine says whether the visitor came by https.
    let proxy = Ipv4Addr::LOCALHOST.into();
    behind_proxy(app, [proxy], [ProxyField::Proto])
}
