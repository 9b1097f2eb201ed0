/// Does the client have it already? `if_none_match` is the value of its
/// If-None-Match, and `etag` is the ETag of what it would be sent now.
/// They are compared weakly (RFC 9110, sections 8.8.3.2 and 13.1.2).
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    if_none_match.trim() == "*"
        || texts(if_none_match).any(|text| texts(etag).eq([text]))
}

/// What is between quotes: no text has one in it, so that is every
/// second piece.
fn texts(etags: &str) -> impl Iterator<Item = &str> {
    etags.split('"').skip(1).step_by(2)
}
