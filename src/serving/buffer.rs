//! Bytes that were read, until they are used.

use super::BLOCK;
use std::mem::take;

/// A queue of bytes: they come in at the end, and are used up from the
/// start. Nothing is moved for that, but once before more is read.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// What is not used yet.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub(crate) fn keep(&mut self, block: &[u8]) {
        self.bytes.drain(..take(&mut self.start));
        self.bytes.extend_from_slice(block);
    }

    pub(crate) fn consume(&mut self, length: usize) {
        self.start += length;
        if self.start == self.bytes.len() {
            self.start = 0;
            self.bytes.clear();
            self.bytes.shrink_to(BLOCK);
        }
    }
}
