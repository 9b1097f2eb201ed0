//! The guest book and its neighbors, asked without a server.

mod visits;

use ch06::{application, guest_book, parcel, show_url};
