//! `gzip`
