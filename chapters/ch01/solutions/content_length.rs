/// How many bytes of a request's body to read, or a status to refuse
/// it with.
pub fn content_length(
    value: Option<&str>,
    limit: u64,
) -> Result<u64, &'static str> {
    let digits = value.unwrap_or_default();
    if digits.is_empty() {
        return Ok(0);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("400 Bad Request");
    }
    // Digits fail to be a number only if there are too many of them.
    match digits.parse() {
        Ok(length) if length <= limit => Ok(length),
        _ => Err("413 Content Too Large"),
    }
}
