//! Forms with files: `multipart/form-data` (RFC 7578), part by part.

use crate::input::too_large;
use crate::{Environ, Failure, Result};
use futures_util::stream;
use multer::bytes::Bytes;
use multer::{Field, Multipart};
use std::future::Future;
use std::io::{self, BufRead, Read};
use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// The parts of a form, each read while it arrives.
///
/// ```
/// use std::io::Read;
///
/// # let mut environ = gateway::Environ::new();
/// let kind = "multipart/form-data; boundary=X";
/// environ.set("CONTENT_TYPE", kind);
/// environ.input = Box::new(
///     &b"--X\r\n\
///        Content-Disposition: form-data; name=\"photo\"; \
///        filename=\"a.png\"\r\n\
///        \r\n\
///        \x89PNG\r\n\
///        --X--\r\n"[..],
/// );
/// let mut parts = environ.parts(1 << 20)?;
/// while let Some(mut part) = parts.next_part()? {
///     assert_eq!(part.name(), Some("photo"));
///     assert_eq!(part.file_name(), Some("a.png"));
///     let mut bytes = Vec::new();
///     part.read_to_end(&mut bytes)?;
///     assert_eq!(bytes, b"\x89PNG");
/// }
/// # Ok::<(), gateway::Error>(())
/// ```
pub struct Parts {
    parser: Multipart<'static>,
    current: Option<Field<'static>>,
    supply: Supply,
}

/// A part of a form: its name, and its bytes, by reading it.
pub struct Part<'a> {
    field: &'a mut Field<'static>,
    supply: &'a mut Supply,
}

impl Environ {
    /// The parts of the form in the body, of at most `limit` bytes in
    /// all. Only a piece of them is ever in memory.
    ///
    /// The environ's input is empty afterwards.
    ///
    /// # Errors
    ///
    /// `415 Unsupported Media Type` if the body is something else.
    pub fn parts(&mut self, limit: u64) -> Result<Parts, Failure> {
        let kind = self.get("CONTENT_TYPE").unwrap_or_default();
        let boundary = multer::parse_boundary(&kind).map_err(|_| {
            let reason = format!("{kind:?} is not multipart/form-data");
            let status = "415 Unsupported Media Type";
            Failure::new(status, reason)
        })?;
        let input =
            mem::replace(&mut self.input, Box::new(io::empty()));
        let slot = Arc::default();
        let parser = Multipart::new(blocks(&slot), boundary);
        let block = Bytes::new();
        let left = limit;
        let supply = Supply { input, slot, block, left, limit };
        Ok(Parts { parser, current: None, supply })
    }
}

impl Parts {
    /// The next part, or `None` after the last. What was not read of
    /// the one before is skipped.
    ///
    /// # Errors
    ///
    /// `400 Bad Request` for what is no such form, `413 Content Too
    /// Large` beyond the limit; otherwise as reading the body.
    pub fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        let supply = &mut self.supply;
        if let Some(field) = &mut self.current {
            io::copy(&mut Part { field, supply }, &mut io::sink())?;
        }
        // The parser gives out no other while there is one.
        self.current = None;
        let parser = &mut self.parser;
        self.current =
            supply.feed(|context| parser.poll_next_field(context))?;
        let current = self.current.as_mut();
        Ok(current.map(|field| Part { field, supply }))
    }
}

impl Part<'_> {
    /// The name of the form's field.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// What the file was called on the visitor's machine. It may be
    /// anything, also a path to somewhere else: make no file of it.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.supply.block.is_empty() {
            let field = &mut self.field;
            let block = self
                .supply
                .feed(|context| pin!(field.chunk()).poll(context))?;
            self.supply.block = block.unwrap_or_default();
        }
        let block = &mut self.supply.block;
        let length = block.len().min(buffer.len());
        buffer[..length].copy_from_slice(&block.split_to(length));
        Ok(length)
    }
}

/// The body, of which the parser gets a block when it cannot go on.
///
/// It is made for programs that do something else while they wait, and
/// takes all that it can get without: it would hold the whole body.
struct Supply {
    input: Box<dyn BufRead + Send>,
    /// Where the parser finds the next block. An empty one is the end.
    slot: Slot,
    /// What the parser has given out, and nobody has read yet.
    block: Bytes,
    /// How much more of the body there may be.
    left: u64,
    limit: u64,
}

type Slot = Arc<Mutex<Option<Bytes>>>;

/// The most that is read in search of a part's head, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

impl Supply {
    /// Asks the parser for a result, with a block more each time.
    fn feed<T>(
        &mut self,
        mut ask: impl FnMut(&mut Context) -> Poll<multer::Result<T>>,
    ) -> io::Result<T> {
        let mut context = Context::from_waker(Waker::noop());
        let mut held = 0;
        loop {
            if let Poll::Ready(result) = ask(&mut context) {
                return result.map_err(|e| refused(e).into());
            }
            if held > HEAD_LIMIT {
                return Err(refused("a part without an end").into());
            }
            let block = self.next()?;
            held += block.len().max(1); // an end is given once more
            *lock(&self.slot) = Some(block);
        }
    }

    fn next(&mut self) -> io::Result<Bytes> {
        let block = Bytes::copy_from_slice(self.input.fill_buf()?);
        self.input.consume(block.len());
        match self.left.checked_sub(block.len() as u64) {
            Some(left) => self.left = left,
            None => return Err(too_large(self.limit).into()),
        }
        Ok(block)
    }
}

/// The blocks that are put into the slot, as the parser takes them.
fn blocks(
    slot: &Slot,
) -> impl stream::Stream<Item = io::Result<Bytes>> + use<> {
    let slot = Arc::clone(slot);
    stream::poll_fn(move |_| match lock(&slot).take() {
        Some(block) if block.is_empty() => Poll::Ready(None),
        Some(block) => Poll::Ready(Some(Ok(block))),
        None => Poll::Pending,
    })
}

fn lock(slot: &Slot) -> std::sync::MutexGuard<'_, Option<Bytes>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::bad_request(format!("a form with files: {error}"))
}
