//! `wsgi.file_wrapper`: a file as the body of an answer.

use pyo3::prelude::*;

/// What PEP 3333 has under "Optional Platform-Specific File Handling":
/// the file's blocks, until one is empty.
#[pyclass(frozen)]
pub struct FileWrapper {
    file: Py<PyAny>,
    size: usize,
}

#[pymethods]
impl FileWrapper {
    #[new]
    #[pyo3(signature = (file, size=8192))]
    fn new(file: Py<PyAny>, size: usize) -> Self {
        Self { file, size }
    }

    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let block = self.file.call_method1(py, "read", (self.size,))?;
        Ok(block.is_truthy(py)?.then_some(block))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let file = self.file.bind(py);
        match file.getattr_opt("close")? {
            Some(close) => close.call0().map(drop),
            None => Ok(()),
        }
    }
}
