//! Our applications under Python's servers, which nobody here wrote.

#![cfg(unix)]
#![allow(dead_code, reason = "a part of what is shared is used")]

#[path = "../../../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../../../../tests/outside/http.rs"]
mod http;
mod interpreters;
#[path = "../../../../../tests/outside/process.rs"]
mod process;
mod python;
mod requests;
#[path = "../../../../../tests/outside/required.rs"]
mod required;
mod site;
mod troubles;
mod twins;
mod visited;

use visited::{application, guest_book, parcel, show_url};
