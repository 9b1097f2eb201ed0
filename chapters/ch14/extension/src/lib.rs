//! The book's applications, for Python's servers:
//! `gunicorn guestbook:application`.

mod callable;

use callable::export;
use gateway::app;
use pyo3::prelude::*;

/// Applications in Rust, for any WSGI server: the guest book of
/// chapter 6 is `application`, which keeps its entries in the working
/// folder; `show_environ` shows its environ, and `hello` says hello.
#[pymodule]
fn guestbook(module: &Bound<'_, PyModule>) -> PyResult<()> {
    export(module, "application", ch06::application())?;
    export(module, "show_environ", ch03::show_environ)?;
    let hello = app(|_, start_response| {
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body("Hello World!\n"))
    });
    export(module, "hello", hello)
}
