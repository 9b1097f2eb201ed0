use gateway::{Application, Environ, Response, Result, StartResponse};

fn middleware(app: impl Application) -> impl Application {
    move |environ: &mut Environ,
          start_response: StartResponse<'_>|
          -> Result<Response> {
        drop(start_response);
        app.call(environ)
    }
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(middleware(gateway::app(|_, _| Err("no".into()))))
}
// error[E0061]: this method takes 2 arguments but 1 argument was supplied
