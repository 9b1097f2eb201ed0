use gateway::{Application, StartResponse};

fn twice(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            start_response("200 OK", &[])?;
            start_response(status, headers)
        });
        app.call(environ, start)
    })
}

fn main() -> std::process::ExitCode {
    let hello = gateway::app(|_, start_response| {
        Ok(start_response("204 No Content", &[])?.body(""))
    });
    gateway::cgi::run(twice(hello))
}
// error[E0382]: use of moved value: `start_response`
