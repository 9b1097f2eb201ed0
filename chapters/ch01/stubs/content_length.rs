/// How many bytes of a request's body to read, or a status to refuse
/// it with.
///
/// `value` is the variable `CONTENT_LENGTH`. Absent or empty, there
/// is no body, and that is `Ok(0)`. Digits are a number; more than
/// `limit` is `Err("413 Content Too Large")`. Anything else is
/// `Err("400 Bad Request")`.
///
/// `content_length(Some("12"), 100)` is `Ok(12)`.
pub fn content_length(
    value: Option<&str>,
    limit: u64,
) -> Result<u64, &'static str> {
    todo!("exercise 1.6: decide on {value:?}, with {limit} for a limit")
}
