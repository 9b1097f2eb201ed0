use gateway::Application;

/// Middleware for forms that cannot say PUT, PATCH or DELETE.
///
/// A browser's form sends GET or POST. So a POST whose body is
/// `application/x-www-form-urlencoded` may have a field `_method`, which
/// is hidden from the visitor. If the first field of that name is `PUT`,
/// `PATCH` or `DELETE`, in capitals as methods are, the application
/// finds it as its REQUEST_METHOD. It finds everything else as it was
/// sent: another method that is asked for changes nothing, and the body
/// is there to be read, all of it.
///
/// A body whose CONTENT_LENGTH is more than 16 KiB, or no number, or
/// absent, is passed on unread, and so is one of another type. If
/// reading it fails, so does the request, with that error. What is no
/// form, since it is not in UTF-8, is the application's affair.
pub fn overridden(app: Box<dyn Application>) -> Box<dyn Application> {
    let _ = app;
    todo!("exercise 10.4: read the form, and put it back")
}
