use gateway::{Application, Environ, Failure, Result, app};

/// Middleware for forms that another site's page has a visitor send.
pub fn own_forms_only(
    inner: Box<dyn Application>,
) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        check(environ)?;
        inner.call(environ, start_response)
    }))
}

fn check(environ: &Environ) -> Result<()> {
    let method = environ.get("REQUEST_METHOD").unwrap_or_default();
    let is_safe =
        matches!(&*method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
    let origin = environ.get("HTTP_ORIGIN").filter(|_| !is_safe);
    let Some(origin) = origin else { return Ok(()) };
    let ours = environ.url()?.origin().ascii_serialization();
    if origin != ours {
        let reason = format!("a form from {origin}, at {ours}");
        Err(Failure::new("403 Forbidden", reason))?;
    }
    Ok(())
}
