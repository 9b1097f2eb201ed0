//! `start_response`, as Python calls it.

use crate::chapter14;
use crate::mine::piece;
use pyo3::exceptions::PyAssertionError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A status, and headers.
pub type Head = (String, Vec<(String, String)>);

/// The head, if it is noted, and whether it is sent.
#[pyclass(frozen)]
#[derive(Default)]
pub struct Start(Mutex<(Option<Head>, bool)>);

impl Start {
    fn noted(&self) -> MutexGuard<'_, (Option<Head>, bool)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, it is sent.
    pub fn send(&self) -> PyResult<Head> {
        let mut noted = self.noted();
        noted.1 = true;
        let text = "the application did not call start_response";
        let error = || PyAssertionError::new_err(text);
        noted.0.clone().ok_or_else(error)
    }
}

#[pymethods]
impl Start {
    #[pyo3(signature = (status, headers, exc_info=None, /))]
    fn __call__(
        &self,
        status: String,
        headers: Vec<(String, String)>,
        exc_info: Option<Bound<'_, PyTuple>>,
    ) -> PyResult<()> {
        let mut noted = self.noted();
        let (head, is_sent) = &mut *noted;
        let new = (status, headers);
        let start = piece!(chapter14::start);
        match start(head, *is_sent, new, exc_info) {
            Ok(()) => Ok(()),
            Err(Some(info)) => {
                Err(PyErr::from_value(info.get_item(1)?))
            }
            Err(None) => {
                let text = "start_response was called twice";
                Err(PyAssertionError::new_err(text))
            }
        }
    }
}
