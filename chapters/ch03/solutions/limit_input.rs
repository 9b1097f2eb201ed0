use gateway::{Environ, Failure};
use std::io::{self, BufRead, Read};
use std::mem;

/// Lets an application read `limit` bytes of its input and no more.
pub fn limit_input(environ: &mut Environ, limit: usize) {
    let empty = Box::new(io::empty());
    let source = mem::replace(&mut environ.input, empty);
    environ.input = Box::new(Limited { source, left: limit });
}

/// Reads so many bytes; if there are more, that is an error.
struct Limited {
    source: Box<dyn BufRead + Send>,
    left: usize,
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let buffer = self.source.fill_buf()?;
        if self.left == 0 && !buffer.is_empty() {
            let status = "413 Content Too Large";
            let reason = "the body is longer than its limit";
            return Err(Failure::new(status, reason).into());
        }
        Ok(&buffer[..buffer.len().min(self.left)])
    }

    fn consume(&mut self, length: usize) {
        self.source.consume(length);
        self.left -= length;
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
