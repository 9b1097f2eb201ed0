use gateway::Application;

/// An application that workers can share.
pub type Shared = Box<dyn Application + Send + Sync>;

/// The application, for so many requests at a time.
///
/// Four slow answers keep four workers busy, and everybody else
/// waits, for whatever else there is. So while `most` requests to
/// `app` are under way, it is not called for another; the answer is
/// then, at once, `503 Service Unavailable` with the header fields
/// `Retry-After: 1` and `Content-Type: text/plain`, and the body
/// `Busy.` and a line end. A request is under way until its body has
/// been sent, or the visitor has left: until the body is dropped. One
/// that ends with an error or a panic is over as well.
///
/// With `at_most(app, 1)` the second of two requests at a time gets
/// the 503, and the next one after the first has ended is answered.
pub fn at_most(app: Shared, most: usize) -> Shared {
    let _ = (app, most);
    todo!("exercise 5.5: count in an Arc, and count down in a Drop")
}
