//! A Python application as one of ours, by the exercises' answers.

use crate::chapter14;
use crate::input::Input;
use crate::mine::piece;
use crate::start::Start;
use gateway::{Application, Block, Body, Environ, Response};
use gateway::{Result, StartResponse};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList};

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
        let input = Input::of(environ);
        let (start, mut blocks) = Python::attach(|py| {
            let start = Py::new(py, Start::default())?;
            let variables = dict(py, environ, input)?;
            let answer = self.0.call1(py, (variables, &start))?;
            PyResult::Ok((start, Blocks::of(answer.bind(py))?))
        })?;
        let first_block = piece!(chapter14::first_block);
        let count = blocks.count;
        let (first, length) = first_block(&mut blocks, count)?;
        // Not before that does `start_response` have to be called.
        let (status, headers) = start.get().send()?;
        let headers: Vec<_> =
            headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let started = start_response(&status, &headers)?;
        let blocks = first.map(Ok).into_iter().chain(blocks);
        let blocks = blocks.map(|block| block.map(Block::from));
        Ok(started.body(match length {
            Some(length) => Body::sized(length as u64, blocks),
            None => Body::blocks(blocks),
        }))
    }
}

fn dict<'py>(
    py: Python<'py>,
    environ: &Environ,
    input: Input,
) -> PyResult<Bound<'py, PyDict>> {
    let native = piece!(chapter14::native);
    let dict = PyDict::new(py);
    for (name, value) in environ.entries() {
        dict.set_item(native(name), native(value))?;
    }
    dict.set_item("wsgi.input", Bound::new(py, input)?)?;
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
    /// How many there are, if it is a list.
    count: Option<usize>,
}

impl Blocks {
    fn of(iterable: &Bound<'_, PyAny>) -> PyResult<Self> {
        let iterator = iterable.try_iter()?.unbind();
        let list = iterable.cast_exact::<PyList>();
        let count = list.ok().map(|list| list.len());
        let iterable = iterable.clone().unbind();
        Ok(Self { iterable, iterator, count })
    }
}

impl Iterator for Blocks {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Result<Vec<u8>>> {
        let block: PyResult<_> = Python::attach(|py| {
            let block = self.iterator.bind(py).clone().next()?;
            Some(block.and_then(|block| {
                Ok(block.cast::<PyBytes>()?.as_bytes().to_vec())
            }))
        })?;
        Some(block.map_err(gateway::Error::from))
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
