//! HTTP/1.1 in a page, and what the page learns when it is attacked.

pub mod small;
pub mod strict;
