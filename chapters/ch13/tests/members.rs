//! Chapter 11's tests, of the guest book in the framework.

#[path = "../../ch11/tests/members/mod.rs"]
mod members;

use gateway::middleware::session::Store;
use gateway::middleware::{csrf, session};
use gateway::{Application, ProxyField, behind_proxy};
use std::net::Ipv4Addr;

/// With what chapter 11 has around it.
fn guest_book(store: impl Store + 'static) -> impl Application {
    let book = ch13::guest_book(ch06::file()).unwrap();
    let proxy = Ipv4Addr::LOCALHOST.into();
    let app = session(csrf(book), store);
    behind_proxy(app, [proxy], [ProxyField::Proto])
}
