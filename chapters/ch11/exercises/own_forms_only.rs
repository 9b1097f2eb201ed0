use gateway::Application;

/// Middleware for forms that another site's page has a visitor send.
///
/// The browser sends the visitor's cookies with such a form, but it
/// also says in Origin, `HTTP_ORIGIN` here, whose page it is: scheme,
/// host and port, such as `http://localhost:8000`, without the port if
/// it is the scheme's own. All three have to be those of this request's
/// URL, which `environ.url()` knows. Otherwise the answer is `403
/// Forbidden`, and the application is never called. A browser that will
/// not tell whose page it is says `null`, and that is not us.
///
/// GET, HEAD, OPTIONS and TRACE are safe: they change nothing, and
/// pass, whoever asks. A request without Origin passes as well: today's
/// browsers send it with every form that acts, and what is not a
/// browser has no visitor's cookies.
pub fn own_forms_only(
    app: Box<dyn Application>,
) -> Box<dyn Application> {
    let _ = app;
    todo!("exercise 11.5: whose page has sent it?")
}
