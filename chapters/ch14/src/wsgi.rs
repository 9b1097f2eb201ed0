//! A WSGI application, as an application.

mod answer;
mod environ;
mod error;
mod file_wrapper;
mod input;
mod start;

pub use error::Raised;

use answer::Answer;
use gateway::{Application, Environ, Response, Result, StartResponse};
use input::Input;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use start::Start;

/// An application that is written in Python: what PEP 3333 calls an
/// application object, whoever has made it.
///
/// Any number of threads may call it. The interpreter's lock is held
/// while Python runs, and not while its input is waited for. While its
/// answer is sent, a thread that is [`attached`] holds it, but not
/// while it waits for the client.
///
/// ```
/// use ch14::Wsgi;
///
/// let hello = c"
/// def application(environ, start_response):
///     start_response('200 OK', [('Content-Type', 'text/plain')])
///     return [b'Hello, ', environ['PATH_INFO'].encode('latin-1')]
/// ";
/// let app = Wsgi::from_code(hello, "application")?;
/// let answer = gateway::testing::get(&app, "/Python");
/// assert_eq!(answer.text(), "Hello, /Python");
/// # Ok::<(), gateway::Error>(())
/// ```
#[derive(Debug)]
pub struct Wsgi {
    application: Py<PyAny>,
}

impl Wsgi {
    /// Imports an application: `module:name`, where the name may lead
    /// to an attribute's attribute, or call a function that makes the
    /// application: `module:create_app()`. A module alone means its
    /// `application`.
    ///
    /// Modules of the working folder are found first.
    ///
    /// # Errors
    ///
    /// There is none, or its module fails: [`Raised`].
    pub fn import(name: &str) -> Result<Self> {
        let (module, name) =
            name.split_once(':').unwrap_or((name, "application"));
        with_python(|py| {
            let path = py.import("sys")?.getattr("path")?;
            let here = std::env::current_dir()?.into_os_string();
            if !path.contains(&here)? {
                path.call_method1("insert", (0, here))?;
            }
            Self::find(py.import(module)?, name)
        })
    }

    /// The application of this name in a module of this code.
    ///
    /// # Errors
    ///
    /// There is none, or the code fails.
    pub fn from_code(
        code: &std::ffi::CStr,
        name: &str,
    ) -> Result<Self> {
        with_python(|py| {
            let module = PyModule::new(py, "application")?;
            py.run(code, Some(&module.dict()), None)?;
            Self::find(module, name)
        })
    }

    fn find(module: Bound<'_, PyModule>, name: &str) -> PyResult<Self> {
        let factory = name.strip_suffix("()");
        let mut parts = factory.unwrap_or(name).split('.');
        let mut application = parts
            .try_fold(module.into_any(), |one, part| {
                one.getattr(part)
            })?;
        if factory.is_some() {
            application = application.call0()?;
        }
        if !application.is_callable() {
            let text =
                format!("{name} cannot be called: {application}");
            return Err(PyTypeError::new_err(text));
        }
        Ok(Self { application: application.unbind() })
    }
}

impl Application for Wsgi {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let input = Input::of(environ);
        let failure = input.failure();
        let answer = with_python(|py| {
            let start = Bound::new(py, Start::default())?;
            let variables = environ::dict(py, environ, input)?;
            let arguments = (variables, &start);
            let iterable = self.application.call1(py, arguments)?;
            let errors = environ.errors.clone();
            Answer::begin(start, iterable.into_bound(py), errors)
        });
        let answer = answer.map_err(|raised| match failure.get() {
            // The client's fault, of which Python was told.
            Some(failure) => failure.clone().into(),
            None => raised,
        });
        answer?.send(start_response)
    }
}

/// Runs this with the interpreter's lock. What is raised has its
/// traceback.
fn with_python<T>(
    code: impl FnOnce(Python<'_>) -> PyResult<T>,
) -> Result<T> {
    Python::initialize();
    Python::attach(|py| {
        code(py).map_err(|error| Raised::new(py, &error).into())
    })
}

/// Works with the lock, on a thread that Python knows from now on: to
/// make it known for each request takes longer than some take.
pub fn attached(work: &mut (dyn FnMut() + Send)) {
    Python::attach(|_| work());
}

/// Waits without the lock.
pub fn detached(wait: &mut (dyn FnMut() + Send)) {
    Python::attach(|py| py.detach(wait));
}

/// Which Python this is: a virtual environment of another version has
/// no packages for it.
pub fn version() -> String {
    Python::initialize();
    Python::attach(|py| {
        let version = py.version_info();
        format!("{}.{}", version.major, version.minor)
    })
}

/// Lets signals end the processes that the application forks, such as
/// `multiprocessing`'s: they inherit our handler, and not the thread
/// that it tells.
pub fn let_children_end() {
    let code = c"
import os, signal
ours = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
def hold():
    signal.pthread_sigmask(signal.SIG_BLOCK, ours)
def let():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)
def give_back():
    for number in ours:
        signal.signal(number, signal.SIG_DFL)
    let()
os.register_at_fork(
    before=hold, after_in_parent=let, after_in_child=give_back)
";
    let _ =
        with_python(|py| py.run(code, Some(&PyDict::new(py)), None));
}

/// Has what Python prints go where errors go: for a program whose
/// standard output is its answer.
pub fn print_to_stderr() {
    let _ = with_python(|py| {
        let sys = py.import("sys")?;
        sys.setattr("stdout", sys.getattr("stderr")?)
    });
}

/// Calls what the application has registered with `atexit`, and prints
/// what is left: for the end of a program.
pub fn at_exit() {
    let done = with_python(|py| {
        py.import("atexit")?.call_method0("_run_exitfuncs")?;
        let stdout = py.import("sys")?.getattr("stdout")?;
        stdout.call_method0("flush").map(drop)
    });
    if let Err(error) = done {
        eprintln!("{error}");
    }
}
