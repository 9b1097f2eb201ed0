//! `start_response`, as Python has it.

use gateway::response_head::check;
use pyo3::exceptions::{PyAssertionError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Notes what the application says of its answer, until a block is
/// there (PEP 3333, "The start_response() Callable").
#[pyclass(frozen)]
#[derive(Default)]
pub struct Start(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    head: Option<Head>,
    /// Even if what it was told was refused.
    was_called: bool,
    /// The head cannot be changed any more.
    is_sent: bool,
    written: Vec<u8>,
}

/// A status, and headers.
pub type Head = (String, Vec<(String, String)>);

impl Start {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The head, which is sent now.
    pub fn send(&self) -> PyResult<Head> {
        let mut noted = self.noted();
        noted.is_sent = true;
        noted.head.clone().ok_or_else(|| {
            let text = "the application did not call start_response";
            PyAssertionError::new_err(text)
        })
    }

    /// What was written since the last time.
    pub fn written(&self) -> Vec<u8> {
        mem::take(&mut self.noted().written)
    }
}

#[pymethods]
impl Start {
    #[pyo3(signature = (status, headers, exc_info=None, /))]
    fn __call__<'py>(
        this: &Bound<'py, Self>,
        status: String,
        mut headers: Vec<(String, String)>,
        exc_info: Option<Bound<'py, PyTuple>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut noted = this.get().noted();
        let again = mem::replace(&mut noted.was_called, true);
        // Many say so to all servers: that it has no body.
        if status.starts_with("204") {
            let is_length = |name: &str| {
                name.eq_ignore_ascii_case("Content-Length")
            };
            headers.retain(|(name, _)| !is_length(name));
        }
        let fields: Vec<_> =
            headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        check(&status, &fields).map_err(PyValueError::new_err)?;
        match exc_info {
            Some(error) if noted.is_sent => {
                return Err(PyErr::from_value(error.get_item(1)?));
            }
            None if again => {
                let text = "start_response was called twice, the \
                            second time without exc_info";
                return Err(PyAssertionError::new_err(text));
            }
            _ => noted.head = Some((status, headers)),
        }
        // Nothing of it was sent, and now it is another's.
        noted.written.clear();
        this.getattr("write")
    }

    /// What is written is sent before the next block.
    fn write(&self, data: &[u8]) {
        self.noted().written.extend(data);
    }
}
