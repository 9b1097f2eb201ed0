//! A body that comes in pieces.

use std::io::{self, BufRead, Read};

/// A body that comes in blocks of one size. Who asks on and on at its
/// end would do so for ever.
pub struct Blocks {
    body: Vec<u8>,
    at: usize,
    size: usize,
    ends: usize,
}

impl Blocks {
    pub fn new(body: &[u8], size: usize) -> Self {
        Self { body: body.to_vec(), at: 0, size, ends: 0 }
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let rest = &self.body[self.at..];
        self.ends += usize::from(rest.is_empty());
        assert!(self.ends < 100, "it is read for ever");
        Ok(&rest[..rest.len().min(self.size)])
    }

    fn consume(&mut self, length: usize) {
        self.at += length;
    }
}
