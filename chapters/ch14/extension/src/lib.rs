//! The book's applications, for Python's servers:
//! `gunicorn guestbook:application`.

mod callable;

use callable::export;
use gateway::app;
use pyo3::prelude::*;

/// The module: a line for each application, and one that does nothing
/// else than to show what a call costs.
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
