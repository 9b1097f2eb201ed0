//! What a Python application has returned.

use super::start::{Head, Start};
use super::{Raised, with_python};
use gateway::{Block, Body, ErrorLog, Response, Result, StartResponse};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyTuple};
use std::io::Write;

/// An iterable whose first block is there: not before it does
/// `start_response` have to be called (PEP 3333, "The start_response()
/// Callable").
pub struct Answer {
    head: Head,
    /// `None` when it has ended.
    first: Option<Vec<u8>>,
    /// There is no other block.
    is_whole: bool,
    rest: Rest,
}

impl Answer {
    pub fn begin(
        start: Bound<'_, Start>,
        iterable: Bound<'_, PyAny>,
        errors: ErrorLog,
    ) -> PyResult<Self> {
        let py = start.py();
        // Another's length may be a number of something else.
        let list = iterable.cast_exact::<PyList>().map(|l| l.len());
        let tuple = iterable.cast_exact::<PyTuple>().map(|t| t.len());
        let is_whole = matches!(list.or(tuple), Ok(0 | 1));
        let mut rest = Rest {
            start: start.unbind(),
            blocks: None,
            iterable: Some(iterable.clone().unbind()),
            errors,
        };
        rest.blocks = Some(iterable.try_iter()?.unbind());
        let first = loop {
            match rest.block(py)? {
                Some(block) if block.is_empty() => {}
                first => break first,
            }
        };
        let head = rest.start.get().send()?;
        Ok(Self { head, first, is_whole, rest })
    }

    /// Sends the head, and then all of it.
    pub fn send(
        self,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let (status, headers) = self.head;
        let headers: Vec<_> =
            headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let started = start_response(&status, &headers)?;
        let first = self.first.map(Block::from);
        Ok(started.body(match self.is_whole {
            true => Body::from(first.unwrap_or_default()),
            // With it goes what is to be closed, even if it has ended.
            false => {
                Body::blocks(first.map(Ok).into_iter().chain(self.rest))
            }
        }))
    }
}

/// The blocks that are to come, and what is to be closed.
struct Rest {
    start: Py<Start>,
    blocks: Option<Py<PyIterator>>,
    iterable: Option<Py<PyAny>>,
    errors: ErrorLog,
}

impl Rest {
    /// The next block, behind what was written before it.
    fn block(&self, py: Python<'_>) -> PyResult<Option<Vec<u8>>> {
        let Some(blocks) = &self.blocks else { return Ok(None) };
        let block = blocks.bind(py).clone().next().transpose()?;
        let mut bytes = self.start.get().written();
        match block {
            Some(block) => {
                bytes.extend(block.cast::<PyBytes>()?.as_bytes());
                Ok(Some(bytes))
            }
            None => Ok((!bytes.is_empty()).then_some(bytes)),
        }
    }

    /// Lets go of the iterable. Whatever has become of the answer, it
    /// is closed, once.
    fn end(&mut self, py: Python<'_>) {
        self.blocks = None;
        let Some(iterable) = self.iterable.take() else { return };
        let close = iterable.into_bound(py).getattr_opt("close");
        let closed = close.and_then(|close| match close {
            Some(close) => close.call0().map(drop),
            None => Ok(()),
        });
        if let Err(error) = closed {
            let raised = Raised::new(py, &error);
            // A log that is broken stays so.
            let _ = writeln!(self.errors, "in close(): {raised}");
        }
    }
}

impl Iterator for Rest {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        let block = with_python(|py| self.block(py)).transpose()?;
        Some(block.map(Block::from))
    }
}

impl Drop for Rest {
    /// Not before: who has all blocks waits for the answer's end.
    fn drop(&mut self) {
        Python::attach(|py| self.end(py));
    }
}
