use gateway::{Environ, Key, Response, Result, StartResponse};

const USER: Key<String> = Key::new("User");

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    environ.insert(USER, "ada".to_string());
    let html = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &html)?.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0080]
