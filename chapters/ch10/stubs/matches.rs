/// Has the client what it asks for? `if_none_match` is the value of its
/// If-None-Match, and `etag` is the ETag of what it would be sent now.
///
/// `if_none_match` is either `*`, which is any ETag, or a list of ETags
/// with commas. An ETag is a text in quotes, with or without `W/` in
/// front, which says that it is weak. The text may have anything in it
/// but spaces and quotes; also commas, and it may be empty. Around the
/// commas of the list there may be spaces and tabs, or an empty element.
///
/// The comparison is the weak one: the texts have to be the same,
/// capitals and all, and whether one of the two is weak, or both, does
/// not matter.
///
/// `"a", W/"b"` has `"b"` and `W/"a"`, and not `"c"` or `"A"`.
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    todo!("exercise 10.2: {if_none_match} {etag}")
}
