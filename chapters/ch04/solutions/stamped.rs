use std::io::{self, Write};

/// A log that begins each line with a stamp.
pub fn stamped(
    log: Box<dyn Write + Send>,
    clock: fn() -> String,
) -> Box<dyn Write + Send> {
    Box::new(Stamped { log, clock, in_line: false })
}

struct Stamped {
    log: Box<dyn Write + Send>,
    clock: fn() -> String,
    /// Has a line begun, and not ended?
    in_line: bool,
}

impl Write for Stamped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut stamped = Vec::new();
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            if !self.in_line {
                write!(stamped, "{} ", (self.clock)())?;
            }
            stamped.extend_from_slice(part);
            self.in_line = !part.ends_with(b"\n");
        }
        self.log.write_all(&stamped)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.log.flush()
    }
}
