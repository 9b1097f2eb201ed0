use gateway::{Environ, Failure};
use std::io::{self, BufRead, BufReader, Read};
use std::mem;

/// Lets an application read `limit` bytes of its input and no more.
pub fn limit_input(environ: &mut Environ, limit: usize) {
    let empty = Box::new(io::empty());
    let source = mem::replace(&mut environ.input, empty);
    let limited = Limited { source, left: limit };
    environ.input = Box::new(BufReader::new(limited));
}

/// Reads so many bytes; if there are more, that is an error.
struct Limited {
    source: Box<dyn BufRead + Send>,
    left: usize,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.source.fill_buf()?.is_empty() {
            let status = "413 Content Too Large";
            let reason = "the body is longer than its limit";
            return Err(Failure::new(status, reason).into());
        }
        let length = buffer.len().min(self.left);
        let read = self.source.read(&mut buffer[..length])?;
        self.left -= read;
        Ok(read)
    }
}
