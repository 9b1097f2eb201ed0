//! `wsgi.input` and `wsgi.errors`, as Python has them.

use gateway::{Environ, ErrorLog, Failure};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::io::{self, BufRead, Read, Write};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The body of a request. Who reads it lets others run meanwhile.
#[pyclass(frozen)]
pub struct Input {
    body: Mutex<Body>,
    failure: Arc<OnceLock<Failure>>,
}

type Body = Box<dyn BufRead + Send>;

impl Input {
    /// Takes it out of the environ.
    pub fn of(environ: &mut Environ) -> Self {
        let none = Box::new(io::empty());
        let body = Mutex::new(mem::replace(&mut environ.input, none));
        Self { body, failure: Arc::default() }
    }

    /// Why it could not be read, if the client is to be told.
    pub fn failure(&self) -> Arc<OnceLock<Failure>> {
        Arc::clone(&self.failure)
    }

    fn reading<'py, R>(
        &self,
        py: Python<'py>,
        read: R,
    ) -> PyResult<Bound<'py, PyBytes>>
    where
        R: FnOnce(&mut Body, &mut Vec<u8>) -> io::Result<()> + Send,
    {
        let bytes = py.detach(|| {
            let mut bytes = Vec::new();
            read(&mut locked(&self.body), &mut bytes)?;
            Ok(bytes)
        });
        let bytes: Vec<u8> = bytes.map_err(|error: io::Error| {
            let error = gateway::Error::from(error);
            if let Some(failure) = Failure::find(&error) {
                // The first is the reason for all others.
                let _ = self.failure.set(failure.clone());
            }
            io::Error::from(error)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }
}

/// As many as Python means by a number of bytes.
fn limit(size: Option<i64>) -> u64 {
    size.and_then(|size| size.try_into().ok()).unwrap_or(u64::MAX)
}

#[pymethods]
impl Input {
    #[pyo3(signature = (size=None, /))]
    fn read<'py>(
        &self,
        py: Python<'py>,
        size: Option<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.reading(py, |input, to| {
            input.take(limit(size)).read_to_end(to).map(drop)
        })
    }

    #[pyo3(signature = (size=None, /))]
    fn readline<'py>(
        &self,
        py: Python<'py>,
        size: Option<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.reading(py, |input, to| {
            input.take(limit(size)).read_until(b'\n', to).map(drop)
        })
    }

    /// All lines; with a hint, as many as have so many bytes.
    #[pyo3(signature = (hint=None, /))]
    fn readlines<'py>(
        &self,
        py: Python<'py>,
        hint: Option<i64>,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let enough = limit(hint.filter(|&hint| hint != 0));
        let (mut lines, mut size) = (Vec::new(), 0);
        while size < enough
            && let Some(line) = self.__next__(py)?
        {
            size += line.as_bytes().len() as u64;
            lines.push(line);
        }
        Ok(lines)
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

/// The error log.
#[pyclass(frozen)]
pub struct Errors(Mutex<ErrorLog>);

impl Errors {
    pub fn of(log: ErrorLog) -> Self {
        Self(Mutex::new(log))
    }
}

#[pymethods]
impl Errors {
    fn write(&self, text: &Bound<'_, PyString>) -> PyResult<usize> {
        // Not all that is text in Python is UTF-8.
        let bytes = text.to_string_lossy();
        text.py()
            .detach(|| locked(&self.0).write_all(bytes.as_bytes()))?;
        text.len()
    }

    fn writelines(&self, lines: &Bound<'_, PyAny>) -> PyResult<()> {
        for line in lines.try_iter()? {
            self.write(line?.cast()?)?;
        }
        Ok(())
    }

    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        Ok(py.detach(|| locked(&self.0).flush())?)
    }
}

/// Who panicked has read or written some of it, and the rest is there.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
