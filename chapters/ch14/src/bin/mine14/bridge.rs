//! A Python application as one of ours, by the exercises' answers.

use crate::chapter14;
use crate::mine::piece;
use crate::start::Start;
use gateway::{Application, Block, Body, Environ, Response};
use gateway::{Result, StartResponse};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator};
use std::io::Read;

pub struct Bridge(Py<PyAny>);

impl Bridge {
    /// Modules of the working folder are found first.
    pub fn import(name: &str) -> PyResult<Self> {
        // An exception is shown with Python's help.
        Python::initialize();
        let found = piece!(chapter14::application_name)(name);
        let (module, attributes, is_called) =
            found.map_err(|part| {
                let text = format!("{part:?} is not a name in Python");
                PyValueError::new_err(text)
            })?;
        Python::attach(|py| {
            let path = py.import("sys")?.getattr("path")?;
            path.call_method1("insert", (0, ""))?;
            let mut found = py.import(module)?.into_any();
            for attribute in attributes {
                found = found.getattr(attribute)?;
            }
            if is_called {
                found = found.call0()?;
            }
            Ok(Self(found.unbind()))
        })
    }
}

impl Application for Bridge {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse,
    ) -> Result<Response> {
        let mut input = Vec::new();
        environ.input.read_to_end(&mut input)?;
        let (start, blocks) = Python::attach(|py| {
            let start = Py::new(py, Start::default())?;
            let variables = dict(py, environ, &input)?;
            let answer = self.0.call1(py, (variables, &start))?;
            PyResult::Ok((start, Blocks::of(answer.bind(py))?))
        })?;
        let mut blocks = blocks.peekable();
        // Not before the first does `start_response` have to be called.
        if let Some(error) = blocks.next_if(|first| first.is_err()) {
            error?;
        }
        let (status, headers) = start.get().send()?;
        let headers: Vec<_> =
            headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let started = start_response(&status, &headers)?;
        Ok(started.body(Body::blocks(blocks)))
    }
}

fn dict<'py>(
    py: Python<'py>,
    environ: &Environ,
    input: &[u8],
) -> PyResult<Bound<'py, PyDict>> {
    let native = piece!(chapter14::native);
    let dict = PyDict::new(py);
    for (name, value) in environ.entries() {
        dict.set_item(native(name), native(value))?;
    }
    let input = py.import("io")?.call_method1("BytesIO", (input,))?;
    dict.set_item("wsgi.input", input)?;
    let errors = py.import("sys")?.getattr("stderr")?;
    dict.set_item("wsgi.errors", errors)?;
    dict.set_item("wsgi.version", Environ::VERSION)?;
    dict.set_item("wsgi.url_scheme", environ.url_scheme)?;
    dict.set_item("wsgi.multithread", environ.multithread)?;
    dict.set_item("wsgi.multiprocess", environ.multiprocess)?;
    dict.set_item("wsgi.run_once", environ.run_once)?;
    Ok(dict)
}

/// What the application has returned, closed when it is let go of.
struct Blocks {
    iterable: Py<PyAny>,
    iterator: Py<PyIterator>,
}

impl Blocks {
    fn of(iterable: &Bound<'_, PyAny>) -> PyResult<Self> {
        let iterator = iterable.try_iter()?.unbind();
        Ok(Self { iterable: iterable.clone().unbind(), iterator })
    }
}

impl Iterator for Blocks {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        Python::attach(|py| {
            let block = self.iterator.bind(py).clone().next()?;
            Some(block.and_then(|block| {
                Ok(block.cast::<PyBytes>()?.as_bytes().to_vec().into())
            }))
        })
        .map(|block: PyResult<Block>| Ok(block?))
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        Python::attach(|py| {
            let iterable = self.iterable.bind(py);
            if iterable.hasattr("close").unwrap_or(false)
                && let Err(error) = iterable.call_method0("close")
            {
                error.print(py);
            }
        });
    }
}
