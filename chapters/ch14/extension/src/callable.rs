//! An application of ours as a callable for Python's servers.

use gateway::exchange::{self, End, Protocol};
use gateway::{Application, Environ, ErrorLog, Failure};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use std::io::{self, BufReader, Read, Write};
use std::sync::{Arc, OnceLock};

/// Puts an application into the module, for any WSGI server.
pub fn export(
    module: &Bound<'_, PyModule>,
    name: &str,
    app: impl Application + Send + Sync + 'static,
) -> PyResult<()> {
    module.add(name, Callable(Box::new(app)))
}

/// What Python's server calls: an application object of PEP 3333.
#[pyclass(frozen, module = "guestbook")]
struct Callable(Box<dyn Application + Send + Sync>);

#[pymethods]
impl Callable {
    /// Sends the whole answer by `write`, so that each block is sent
    /// before the next is made, and returns no block.
    ///
    /// Other threads of Python's run meanwhile: what is Rust's runs
    /// detached from the interpreter.
    ///
    /// # Errors
    ///
    /// What the server has raised in one of its own functions, as it
    /// was.
    fn __call__<'py>(
        &self,
        environ: &Bound<'py, PyDict>,
        start_response: Py<PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, raised) = (environ.py(), Raised::default());
        let mut request = request(environ, raised.clone())?;
        let (callable, is_started) = (start_response, false);
        let mut out = Out { callable, is_started, raised };
        let outcome = py.detach(|| {
            let app = &self.0;
            exchange::run(app, &mut request, Protocol::Cgi, &mut out)
        });
        match (out.raised.get(), outcome.end) {
            (Some(error), _) => Err(error.clone_ref(py)),
            (None, End::Cut | End::Reset) => {
                Ok(Bound::new(py, Cut)?.into_any())
            }
            (None, _) => Ok(PyList::empty(py).into_any()),
        }
    }
}

/// The rest of an answer that is cut short: it raises an exception in
/// the place of a block, for the server to break off.
#[pyclass(frozen, module = "guestbook")]
struct Cut;

#[pymethods]
impl Cut {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__(&self) -> PyResult<Py<PyAny>> {
        Err(PyOSError::new_err("the answer is cut short"))
    }
}

/// Python's environ as ours: native strings become bytes again.
fn request(
    from: &Bound<'_, PyDict>,
    raised: Raised,
) -> PyResult<Environ> {
    let mut environ = Environ::new();
    for (name, value) in from {
        let Ok(value) = value.cast::<PyString>() else { continue };
        let name = name.cast::<PyString>()?.to_cow()?;
        let text = value.to_cow()?;
        let value = text.chars().map(u8::try_from);
        let value: Result<Vec<u8>, _> = value.collect();
        environ.set(
            &name,
            value.map_err(|_| {
                PyValueError::new_err(format!("{name} is not Latin-1"))
            })?,
        );
    }
    environ.remove("HTTP_PROXY"); // a client's: httpoxy.org
    environ.remove("GATEWAY_DEBUGGER"); // a secret of the process's
    if environ.remove("wsgi.url_scheme").as_deref() == Some(b"https") {
        environ.url_scheme = "https";
    }
    let is = |name| {
        from.get_item(name)?.map_or(Ok(false), |flag| flag.is_truthy())
    };
    environ.multithread = is("wsgi.multithread")?;
    environ.multiprocess = is("wsgi.multiprocess")?;
    environ.run_once = is("wsgi.run_once")?;
    let left = match environ.get("CONTENT_LENGTH").as_deref() {
        None | Some("") if is("wsgi.input_terminated")? => None,
        None | Some("") => Some(0),
        Some(length) => Some(length.parse()?),
    };
    let stream = from.as_any().get_item("wsgi.input")?.unbind();
    let input = Input { stream, left, raised };
    environ.input = Box::new(BufReader::new(input));
    let errors = from.as_any().get_item("wsgi.errors")?.unbind();
    environ.errors = ErrorLog::new(Errors(errors));
    Ok(environ)
}

/// The first exception that the server has raised.
type Raised = Arc<OnceLock<PyErr>>;

/// Calls the server, unless it has raised an exception before.
fn ask<T>(
    raised: &Raised,
    call: impl FnOnce(Python<'_>) -> PyResult<T>,
) -> io::Result<T> {
    if raised.get().is_some() {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Python::attach(call).map_err(|error| {
        let text = error.to_string();
        let _ = raised.set(error); // or a thread was faster
        io::Error::other(text)
    })
}

/// `wsgi.input`, up to its length, where it has one.
struct Input {
    stream: Py<PyAny>,
    left: Option<u64>,
    raised: Raised,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.unwrap_or(u64::MAX);
        let most = left.min(buffer.len() as u64) as usize;
        let read = ask(&self.raised, |py| {
            let block =
                self.stream.call_method1(py, "read", (most,))?;
            Ok(block.extract::<&[u8]>(py)?.read(&mut buffer[..most])?)
        })?;
        if read == 0 && most > 0 && self.left.is_some() {
            let reason = "the request's body ends early";
            return Err(Failure::bad_request(reason).into());
        }
        self.left = self.left.map(|left| left - read as u64);
        Ok(read)
    }
}

/// `wsgi.errors`, to which each line goes at once.
struct Errors(Py<PyAny>);

impl Write for Errors {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        Python::attach(|py| self.0.call_method1(py, "write", (text,)))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Python::attach(|py| self.0.call_method0(py, "flush"))?;
        Ok(())
    }
}

/// Where the answer goes: its head to `start_response`, and the rest to
/// the `write` that this returns.
struct Out {
    /// The one, and then the other.
    callable: Py<PyAny>,
    is_started: bool,
    raised: Raised,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { callable, is_started, raised } = self;
        ask(raised, |py| {
            let mut block = bytes;
            if !*is_started {
                // The exchange sends a head in one piece.
                let mut parts = bytes.windows(4);
                let end = parts.position(|part| part == b"\r\n\r\n");
                let head;
                (head, block) =
                    bytes.split_at(end.map_or(0, |e| e + 4));
                *callable = callable.call1(py, fields(head))?;
                *is_started = true;
            }
            callable.call1(py, (PyBytes::new(py, block),))?;
            Ok(bytes.len())
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // nothing is kept here
    }
}

/// The status and headers of a head as CGI has it.
fn fields(head: &[u8]) -> (String, Vec<(String, String)>) {
    let head: String = head.iter().map(|&byte| byte as char).collect();
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    let fields =
        fields.map(|(name, value)| (name.into(), value.into()));
    let mut fields: Vec<(String, String)> = fields.collect();
    (fields.remove(0).1, fields) // the first is the status
}
