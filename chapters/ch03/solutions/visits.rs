use gateway::{Application, Environ, Key, StartResponse};
use std::cell::Cell;

/// Middleware that counts requests.
pub fn visits(
    app: Box<dyn Application>,
    key: Key<u32>,
) -> Box<dyn Application> {
    let count = Cell::new(0);
    Box::new(
        move |environ: &mut Environ,
              start_response: StartResponse<'_>| {
            count.set(count.get() + 1);
            environ.insert(key, count.get());
            app.call(environ, start_response)
        },
    )
}
