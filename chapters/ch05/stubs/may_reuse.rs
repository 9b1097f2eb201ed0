/// May a client ask for more on the connection of this answer?
///
/// This is the other side of `Protocol::end`. It needs two things.
/// The end of the body must be told by something else than the end of
/// the connection: by a Content-Length, by chunks, if `chunked` is the
/// last coding that Transfer-Encoding lists, or because an answer to
/// this `method`, or of this `status`, has no body. (A 205 has none
/// either, but a client does not know that, unless a length tells it.)
/// And the server must mean to keep the connection. In HTTP/1.1 it
/// does, unless an option of `Connection` is `close`; in HTTP/1.0 one
/// must be `keep-alive`, and none `close`. The options may be spread
/// over several fields.
///
/// For `"GET", (1, 1), 200, &[("Content-Length", "38")]` it is true.
pub fn may_reuse(
    method: &str,
    version: (u8, u8),
    status: u16,
    fields: &[(&str, &str)],
) -> bool {
    let _ = (method, version, status, fields);
    todo!("exercise 5.3: look for the body's end, then for the options")
}
