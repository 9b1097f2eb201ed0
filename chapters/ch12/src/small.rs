//! A debugger on one page, and an application that needs it.

use gateway::{
    Application, Environ, Failure, Response, Result, StartResponse, app,
};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};

/// Shares ten cakes.
pub fn cakes(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let query = environ.get("QUERY_STRING").unwrap_or_default();
    let each = share(&query)?;
    let text = [("Content-Type", "text/plain")];
    let page = format!("{each} for each\n");
    Ok(start_response("200 OK", &text)?.body(page))
}

fn share(query: &str) -> Result<u32> {
    let guests: u32 = query.trim_start_matches("guests=").parse()?;
    Ok(10 / guests)
}

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
        let failure = Failure::new("500 Internal Server Error", &*page);
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
        } else if let Some((_, place)) = line.split_once("/small.rs:") {
            page += &format!("{function:.40}, small.rs:{place}\n");
        }
    }
    PANIC.set(page);
}
