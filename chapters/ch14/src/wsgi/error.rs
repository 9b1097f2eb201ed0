//! What Python has raised.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::fmt;

/// An exception, as Python prints it: with its traceback and what it
/// was raised from.
#[derive(Debug)]
pub struct Raised(String);

impl Raised {
    pub fn new(py: Python<'_>, error: &PyErr) -> Self {
        // Whoever has broken that gets the exception alone.
        let text = traceback(py, error);
        let text = text.unwrap_or_else(|_| error.to_string());
        Self(text.trim_end().into())
    }
}

fn traceback(py: Python<'_>, error: &PyErr) -> PyResult<String> {
    let parts =
        (error.get_type(py), error.value(py), error.traceback(py));
    let lines = py
        .import("traceback")?
        .call_method1("format_exception", parts)?;
    let text = PyString::new(py, "").call_method1("join", (lines,))?;
    // Not all that is text in Python is UTF-8.
    Ok(text.cast::<PyString>()?.to_string_lossy().into())
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Raised {}
