/// How the end of a request's body is told: `Ok(Some(length))` by a
/// length, which is 0 if there is no body; `Ok(None)` by a last chunk.
/// Whatever two readers might read differently is refused with a
/// status (RFC 9112, section 6.3).
///
/// `fields` are names and values, names in any case. These are
/// `Err("400 Bad Request")`: two `Content-Length`s, even if they agree;
/// a `Content-Length` beside any `Transfer-Encoding`; a length that is
/// not digits alone, or too large for a `u64`; two
/// `Transfer-Encoding`s; and one in HTTP/1.0. Any other coding than
/// `chunked`, whose letters may be of any case, is `Err("501 Not
/// Implemented")` (to the library some of them are a 400).
///
/// `body_length(&[("content-length", "5")], false)` is `Ok(Some(5))`.
pub fn body_length(
    fields: &[(&str, &str)],
    is_http10: bool,
) -> Result<Option<u64>, &'static str> {
    todo!("exercise 8.4: decide on {fields:?}, 1.0: {is_http10}")
}
