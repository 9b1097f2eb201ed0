//! Five functions around a function: the five powers of middleware.

use gateway::{
    Application, Environ, Failure, Key, Response, Result,
    StartResponse, app,
};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Greets a visitor, if somebody has said who that is.
pub fn hello(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    if path != "/" {
        let started = start_response("404 Not Found", &TEXT)?;
        return Ok(started.body("There is nothing here.\n"));
    }
    let visitor = environ.extension(VISITOR);
    let name = visitor.ok_or("nobody has said who this is")?;
    let page = format!("Hello {name}!\n");
    Ok(start_response("200 OK", &TEXT)?.body(page))
}

const VISITOR: Key<String> = Key::new("ch10.visitor");

/// Adds a key to the environ.
pub fn named(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let query = environ.get("QUERY_STRING").unwrap_or_default();
        if let Some(name) = query.strip_prefix("name=") {
            let name = name.to_string();
            environ.insert(VISITOR, name);
        }
        inner.call(environ, start_response)
    })
}

/// Changes the status: what is not found is gone for good.
pub fn gone(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let ours: StartResponse = Box::new(|status, headers| {
            let status = match status {
                "404 Not Found" => "410 Gone",
                other => other,
            };
            start_response(status, headers)
        });
        inner.call(environ, ours)
    })
}

/// Intercepts an error: the visitor is asked to come again.
pub fn patient(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let answer = inner.call(environ, start_response);
        answer.map_err(|error| {
            let status = "503 Service Unavailable";
            Failure::new(status, "not today")
                .header("Retry-After", 3600)
                .caused_by(error)
                .into()
        })
    })
}

/// Changes the headers: no cache may keep the page.
pub fn private(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let ours: StartResponse = Box::new(|status, headers| {
            let mut headers = headers.to_vec();
            headers.push(("Cache-Control", "no-store"));
            start_response(status, &headers)
        });
        inner.call(environ, ours)
    })
}

/// Changes the body.
pub fn loud(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let response = inner.call(environ, start_response)?;
        Ok(response.map(|body| {
            body.map_blocks(|block| block.to_ascii_uppercase().into())
        }))
    })
}

/// The same, one around the other, line by line.
pub fn in_lines() -> impl Application + Send + Sync {
    let app = named(hello);
    let app = gone(app);
    let app = patient(app);
    let app = private(app);
    loud(app)
}

/// All five around the one.
pub fn application() -> impl Application + Send + Sync {
    loud(private(patient(gone(named(hello)))))
}
