use gateway::{Application, Environ, Failure, StartResponse};
use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;

/// Middleware with a page of its own for errors.
pub fn sorry(app: Box<dyn Application>) -> Box<dyn Application> {
    Box::new(
        move |environ: &mut Environ,
              start_response: StartResponse<'_>| {
            let ours = Rc::new(Cell::new(Some(start_response)));
            let theirs = Rc::clone(&ours);
            let result = app.call(
                environ,
                Box::new(move |status, headers| {
                    let start_response = theirs.take();
                    start_response.ok_or("late")?(status, headers)
                }),
            );
            let (error, start_response) = match (result, ours.take()) {
                (Err(error), Some(unused)) => (error, unused),
                (result, _) => return result,
            };
            writeln!(environ.errors, "{error}")?;
            let status = Failure::find(&error)
                .map_or("500 Internal Server Error", |no| &no.status);
            let headers = [("Content-Type", "text/plain")];
            let started = start_response(status, &headers)?;
            Ok(started.body(format!("Sorry: {status}\n")))
        },
    )
}
