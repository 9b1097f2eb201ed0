//! `wsgi.input`, as Python has it.

use crate::chapter14;
use crate::mine::piece;
use gateway::Environ;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use std::io::{self, BufRead};
use std::mem;
use std::sync::{Mutex, PoisonError};

#[pyclass(frozen)]
pub struct Input(Mutex<Box<dyn BufRead + Send>>);

impl Input {
    /// Takes it out of the environ.
    pub fn of(environ: &mut Environ) -> Self {
        let none = Box::new(io::empty());
        Self(Mutex::new(mem::replace(&mut environ.input, none)))
    }

    fn ask(
        &self,
        py: Python<'_>,
        method: &str,
        size: Option<i64>,
    ) -> PyResult<Vec<Vec<u8>>> {
        let input = piece!(chapter14::input);
        // Others run while it waits.
        Ok(py.detach(|| {
            let body = self.0.lock();
            let mut body = body.unwrap_or_else(PoisonError::into_inner);
            input(&mut **body, method, size)
        })?)
    }
}

#[pymethods]
impl Input {
    #[pyo3(signature = (size=None, /))]
    fn read<'py>(
        &self,
        py: Python<'py>,
        size: Option<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.ask(py, "read", size)?.concat()))
    }

    #[pyo3(signature = (size=None, /))]
    fn readline<'py>(
        &self,
        py: Python<'py>,
        size: Option<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.ask(py, "readline", size)?.concat()))
    }

    #[pyo3(signature = (hint=None, /))]
    fn readlines<'py>(
        &self,
        py: Python<'py>,
        hint: Option<i64>,
    ) -> PyResult<Bound<'py, PyList>> {
        let lines = self.ask(py, "readlines", hint)?;
        PyList::new(py, lines.iter().map(|l| PyBytes::new(py, l)))
    }

    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let line = self.readline(py, None)?;
        Ok((!line.as_bytes().is_empty()).then_some(line))
    }
}
