use gateway::Application;

fn closes(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let response = app.call(environ, start_response)?;
        Ok(response.map(|body| {
            drop(body);
            body
        }))
    })
}

fn main() -> std::process::ExitCode {
    let hello = gateway::app(|_, start_response| {
        Ok(start_response("204 No Content", &[])?.body(""))
    });
    gateway::cgi::run(closes(hello))
}
// error[E0382]: use of moved value: `body`
