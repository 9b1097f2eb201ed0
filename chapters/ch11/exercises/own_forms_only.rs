use gateway::Application;

/// Middleware for forms that another site's page has a visitor send.
///
/// The browser sends the visitor's cookies with them, but it also says
/// in Origin, which is `HTTP_ORIGIN` here, whose page it is: scheme,
/// host and port, such as `http://localhost:8000`, without the port if
/// it is the scheme's own. If that is not the origin of this request's
/// URL, which `environ.url()` knows, all three of them, the answer is
/// `403 Forbidden`, and the application is never called. `null` is
/// what a browser says that will not tell, and is not ours.
///
/// GET, HEAD, OPTIONS and TRACE are safe: they change nothing, and
/// pass, whoever asks. So does a request without Origin. It is not from
/// a browser of today, and a program has no visitor's cookies.
pub fn own_forms_only(
    app: Box<dyn Application>,
) -> Box<dyn Application> {
    let _ = app;
    todo!("exercise 11.5: whose page has sent it?")
}
