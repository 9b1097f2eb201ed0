use gateway::{Body, Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    let mut body = Body::from("Hello");
    drop(body);
    body.next();
    Ok(started.body(""))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0382]: borrow of moved value: `body`
