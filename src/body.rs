//! The body of a response.

use crate::Result;
use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek};
use std::{fmt, iter};

/// A piece of a body, sent as it is.
pub type Block = Cow<'static, [u8]>;

/// The body of a response: an iterator of blocks, each of which is
/// sent before the next is asked for. Once as many bytes are sent as
/// Content-Length says, no other is asked for.
///
/// It is made from a string, from bytes, from an array or vector of
/// either, from a file, or from an iterator with [`Body::blocks`].
/// Dropping it is WSGI's `close()`: that happens once, however the
/// request ends (PEP 3333, "Specification Details").
///
/// ```
/// use gateway::Body;
///
/// let whole = Body::from(["Hello", " ", "World!"]);
/// assert_eq!(whole.length(), Some(12));
///
/// let line = |n| format!("{n}\n").into_bytes();
/// let count = (1..=3).map(move |n| Ok(line(n).into()));
/// assert_eq!(Body::blocks(count).length(), None);
/// ```
pub struct Body {
    /// Of what is still to come, if it is known.
    length: Option<u64>,
    /// Most bodies are one block, which takes no allocation.
    block: Option<Block>,
    rest: Option<Box<dyn Iterator<Item = Result<Block>>>>,
}

impl Body {
    /// A body whose blocks are made one by one, and may fail.
    ///
    /// After an error the rest is not asked for, and after the end the
    /// iterator has nothing more.
    pub fn blocks(
        blocks: impl IntoIterator<Item = Result<Block>> + 'static,
    ) -> Self {
        let rest = Some(Box::new(blocks.into_iter()) as _);
        Self { length: None, block: None, rest }
    }

    /// A body whose blocks have `length` bytes in all. That is announced
    /// unless something is written before; if they have more, then, the
    /// rest is not sent, and if fewer, the answer is cut short.
    pub fn sized(
        length: u64,
        blocks: impl IntoIterator<Item = Result<Block>> + 'static,
    ) -> Self {
        Self { length: Some(length), ..Self::blocks(blocks) }
    }

    /// The same body with each block changed into another of the same
    /// length; the body's stays known. Where lengths change, put
    /// [`Body::blocks`] around the iterator that a body is.
    ///
    /// ```
    /// use gateway::Body;
    ///
    /// let body = Body::from("Hello");
    /// let loud =
    ///     body.map_blocks(|block| block.to_ascii_uppercase().into());
    /// assert_eq!(loud.length(), Some(5));
    /// ```
    pub fn map_blocks(
        self,
        mut change: impl FnMut(Block) -> Block + 'static,
    ) -> Self {
        let length = self.length;
        let blocks = self.map(move |block| block.map(&mut change));
        Self { length, ..Self::blocks(blocks) }
    }

    /// Is it bytes alone, so that to drop it does nothing?
    pub(crate) fn is_plain(&self) -> bool {
        self.rest.is_none()
    }

    /// The number of bytes still to come, if that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }
}

impl Iterator for Body {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        let first = self.block.take().map(Ok);
        let block = first.or_else(|| self.rest.as_mut()?.next());
        if let (Some(left), Some(Ok(block))) =
            (&mut self.length, &block)
        {
            *left = left.saturating_sub(block.len() as u64);
        }
        block
    }
}

macro_rules! body_from {
    ($(|$text:ident: $type:ty| $block:expr;)*) => {$(
        impl From<$type> for Body {
            fn from($text: $type) -> Self {
                let block = Block::from($block);
                let length = Some(block.len() as u64);
                Self { length, block: Some(block), rest: None }
            }
        }
        impl From<Vec<$type>> for Body {
            fn from(texts: Vec<$type>) -> Self {
                let length = texts.iter().map(|t| t.len() as u64).sum();
                let block = |$text: $type| Ok(Block::from($block));
                Self::sized(length, texts.into_iter().map(block))
            }
        }
        impl<const N: usize> From<[$type; N]> for Body {
            fn from(texts: [$type; N]) -> Self {
                Self::from(Vec::from(texts))
            }
        }
    )*};
}

body_from! {
    |text: &'static str| text.as_bytes();
    |bytes: &'static [u8]| bytes;
    |text: String| text.into_bytes();
    |bytes: Vec<u8>| bytes;
    |block: Block| block;
}

impl<const N: usize> From<&'static [u8; N]> for Body {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::from(&bytes[..])
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({:?})", self.length())
    }
}

impl From<File> for Body {
    /// `wsgi.file_wrapper`: the rest of the file, from where it is
    /// read next (PEP 3333, "Optional Platform-Specific File
    /// Handling").
    fn from(mut file: File) -> Self {
        let length = bytes_left(&mut file);
        let size = length.unwrap_or(u64::MAX).min(FILE_BLOCK) as usize;
        let mut read_on = move || {
            let mut block = vec![0; size];
            let read = file.read(&mut block)?;
            block.truncate(read);
            Ok((read > 0).then(|| block.into()))
        };
        let blocks = iter::from_fn(move || read_on().transpose());
        Self { length, ..Self::blocks(blocks) }
    }
}

/// How much of a file is read at a time, at most, in bytes.
const FILE_BLOCK: u64 = 64 * 1024;

/// The bytes from here to the end; `None` for a pipe or a device, and
/// for a file that says 0: those of `/proc` do, whatever is in them.
fn bytes_left(file: &mut File) -> Option<u64> {
    let metadata = file.metadata().ok().filter(|m| m.is_file())?;
    let position = file.stream_position().ok()?;
    Some(metadata.len().saturating_sub(position)).filter(|&n| n > 0)
}
