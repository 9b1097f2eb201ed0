/// How the end of a request's body is told: `Ok(Some(length))` by a
/// length, which is 0 if there is no body; `Ok(None)` by a last chunk.
/// Whatever two readers might read differently is refused with a
/// status (RFC 9112, section 6.3).
///
/// `fields` are names and values, names in any case. Of two
/// `Content-Length`s none is believed, even if they agree, and
/// together with `Transfer-Encoding` neither is: `Err("400 Bad
/// Request")`. So it is with a length that is anything but digits,
/// and with `Transfer-Encoding` in HTTP/1.0, or given twice. A coding
/// that is not `chunked`, in any case of its letters, is `Err("501 Not
/// Implemented")`.
///
/// `body_length(&[("content-length", "5")], false)` is `Ok(Some(5))`.
pub fn body_length(
    fields: &[(&str, &str)],
    is_http10: bool,
) -> Result<Option<u64>, &'static str> {
    todo!("exercise 8.4: decide on {fields:?}, 1.0: {is_http10}")
}
