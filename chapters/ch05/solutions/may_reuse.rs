/// May a client ask for more on the connection of this answer?
pub fn may_reuse(
    method: &str,
    version: (u8, u8),
    status: u16,
    fields: &[(&str, &str)],
) -> bool {
    let has_end = method == "HEAD"
        || matches!(status, 204 | 304)
        || values(fields, "Content-Length").next().is_some()
        || is_chunked(fields);
    let is_kept =
        version != (1, 0) || has(fields, "Connection", "keep-alive");
    has_end && is_kept && !has(fields, "Connection", "close")
}

/// Only as the last coding do chunks tell where the body ends.
fn is_chunked(fields: &[(&str, &str)]) -> bool {
    values(fields, "Transfer-Encoding")
        .flat_map(|value| value.split(','))
        .next_back()
        .is_some_and(|c| c.trim().eq_ignore_ascii_case("chunked"))
}

/// Does a list have this word, be it spread over several fields?
fn has(fields: &[(&str, &str)], name: &str, word: &str) -> bool {
    values(fields, name)
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case(word))
}

/// The values of all fields of this name.
fn values<'a>(
    fields: &'a [(&str, &str)],
    name: &'a str,
) -> impl DoubleEndedIterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
}
