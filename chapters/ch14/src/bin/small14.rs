//! A Python application under our server, as far as pages go.

use gateway::{Environ, Response, Result, StartResponse};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ffi::CStr;
use std::process::ExitCode;

const HELLO: &CStr =
    pyo3::ffi::c_str!(include_str!("../../python/hello.py"));

fn main() -> ExitCode {
    Python::initialize();
    let hello = Python::attach(|py| {
        let (file, name) = (c"hello.py", c"hello");
        let module = PyModule::from_code(py, HELLO, file, name)?;
        module.getattr("application").map(Bound::unbind)
    });
    let hello = hello.expect("hello.py has an application");
    gateway::http::run(gateway::app(move |environ, start_response| {
        call(&hello, environ, start_response)
    }))
}

/// What Python gets for `start_response`.
#[pyclass]
struct Start(Option<(String, Vec<(String, String)>)>);

#[pymethods]
impl Start {
    fn __call__(
        &mut self,
        status: String,
        headers: Vec<(String, String)>,
    ) {
        self.0 = Some((status, headers));
    }
}

fn call(
    application: &Py<PyAny>,
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let (head, body) = Python::attach(|py| {
        let variables = PyDict::new(py);
        for (name, value) in environ.variables() {
            let value = String::from_utf8_lossy(value);
            variables.set_item(name, value)?;
        }
        let start = Bound::new(py, Start(None))?;
        let blocks = application.bind(py).call1((variables, &start))?;
        let mut body = Vec::new();
        for block in blocks.try_iter()? {
            body.extend(block?.extract::<Vec<u8>>()?);
        }
        let head = start.borrow_mut().0.take();
        PyResult::Ok((head, body))
    })?;
    let (status, headers) = head.ok_or("start_response, please")?;
    let headers: Vec<_> =
        headers.iter().map(|(n, v)| (&**n, &**v)).collect();
    Ok(start_response(&status, &headers)?.body(body))
}
