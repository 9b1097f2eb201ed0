//! The environ, as Python has it.

use super::file_wrapper::FileWrapper;
use super::input::{Errors, Input};
use gateway::Environ;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::borrow::Cow;

/// The variables, and all keys that PEP 3333 demands ("environ
/// Variables").
pub fn dict<'py>(
    py: Python<'py>,
    environ: &Environ,
    input: Input,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in environ.entries() {
        dict.set_item(native(py, name), native(py, value))?;
    }
    let errors = Errors::of(environ.errors.clone());
    dict.set_item("wsgi.version", Environ::VERSION)?;
    dict.set_item("wsgi.url_scheme", environ.url_scheme)?;
    dict.set_item("wsgi.input", Bound::new(py, input)?)?;
    // It ends with the body, even if nobody knows where that is.
    dict.set_item("wsgi.input_terminated", true)?;
    dict.set_item("wsgi.errors", Bound::new(py, errors)?)?;
    dict.set_item("wsgi.multithread", environ.multithread)?;
    dict.set_item("wsgi.multiprocess", environ.multiprocess)?;
    dict.set_item("wsgi.run_once", environ.run_once)?;
    let wrapper = py.get_type::<FileWrapper>();
    dict.set_item("wsgi.file_wrapper", wrapper)?;
    Ok(dict)
}

/// A native string: text, of which each character stands for a byte
/// (PEP 3333, "A Note on String Types").
fn native<'py>(py: Python<'py>, bytes: &[u8]) -> Bound<'py, PyString> {
    let text = match str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::from(text),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    PyString::new(py, &text)
}
