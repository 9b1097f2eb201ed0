//! What programs printed, and whether it is still true.

pub mod cache;
pub mod inputs;
pub mod modules;
pub mod package;
pub mod record;
pub mod store;
pub mod transcript;
pub mod wording;
