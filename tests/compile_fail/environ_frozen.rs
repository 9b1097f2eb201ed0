use gateway::{Application, Environ, Response, Result, StartResponse};

fn middleware(app: impl Application) -> impl Application {
    move |environ: &mut Environ,
          start_response: StartResponse<'_>|
          -> Result<Response> {
        let frozen: &Environ = environ;
        app.call(frozen, start_response)
    }
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(middleware(gateway::app(|_, _| Err("no".into()))))
}
// error[E0308]: mismatched types
