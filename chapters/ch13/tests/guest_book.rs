//! Chapter 6's tests, of the guest book in the framework.

#[path = "../../ch06/tests/visits/mod.rs"]
mod visits;

use ch06::{parcel, show_url};
use gateway::Application;
use gateway::middleware::mount;
use std::path::PathBuf;

fn guest_book(file: PathBuf) -> impl Application {
    ch13::guest_book(file).unwrap()
}

fn application() -> impl Application {
    mount()
        .at("/", ch13::guest_book(ch06::file()).unwrap())
        .at("/parcel", parcel)
        .at("/url", show_url)
}
