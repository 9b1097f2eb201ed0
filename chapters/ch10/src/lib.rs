//! A site of many applications, and functions around them.

mod club;
pub mod naive;
mod pages;
pub mod small;

pub use pages::pages;

use club::club;
use gateway::middleware::{
    conditional, files, first_found, gzip, mount, request_id, timing,
};
use gateway::{Application, app};

/// What is below it, everybody may read.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/files");

/// The guest book, a club, files, and what they have in common.
pub fn application() -> impl Application + Send + Sync {
    let site = mount()
        .at("/", first_found(files(FOLDER), app(pages)))
        .at("/book", ch06::application())
        .at("/club", app(club));
    request_id(timing(gzip(conditional(site))))
}
