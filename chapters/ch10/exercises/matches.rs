/// Does the client have it already? `if_none_match` is the value of its
/// If-None-Match, and `etag` is the ETag of what it would be sent now.
///
/// `if_none_match` is either `*`, which matches any ETag, or a list of
/// ETags with commas. An ETag is a text in quotes; `W/` before the first
/// of them says that it is weak. The text may be empty, and may have
/// anything in it but quotes and spaces, so a comma, too. Around the
/// commas of the list there may be spaces and tabs, and an element may
/// be empty.
///
/// The comparison is the weak one: the texts have to be the same, down
/// to their capitals, and it does not matter whether one of the two is
/// weak, or both.
///
/// `"a", W/"b"` matches `"b"` and `W/"a"`, but not `"c"` or `"A"`.
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    todo!("exercise 10.2: {if_none_match} {etag}")
}
