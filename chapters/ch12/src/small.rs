//! A debugger on one page.

use gateway::{Application, Failure, app};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};

thread_local! {
    /// What is known of the panic under way.
    static PANIC: Cell<String> = const { Cell::new(String::new()) };
}

/// Answers an error or a panic with what is known of it.
pub fn debugger(inner: impl Application) -> impl Application {
    panic::set_hook(Box::new(note));
    app(move |environ, start_response| {
        let call = || inner.call(environ, start_response);
        let page = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => {
                format!("{error}\nat {}\n", error.location())
            }
            Err(_) => PANIC.take(),
        };
        let failure =
            Failure::new("500 Internal Server Error", page.trim_end());
        Err(failure.page("text/plain", page).into())
    })
}

/// Runs in the place of the panic, before anything has returned.
fn note(panic: &PanicHookInfo) {
    let mut page = format!("{panic}\n");
    let backtrace = Backtrace::force_capture().to_string();
    let mut function = "";
    for line in backtrace.lines() {
        if let Some((_, name)) = line.split_once(": ") {
            function = name;
        } else if let Some((_, place)) = line.split_once("/ch12/src/") {
            page += &format!("{function:.40}, {place}\n");
        }
    }
    PANIC.set(page);
}
