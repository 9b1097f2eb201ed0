/// The status and the size of the body, from a line of an access log.
///
/// The request stands between quotes; inside, a backslash takes the
/// special meaning from a quote or backslash behind it. After the
/// closing quote come the two numbers, each with a space before it.
/// Some servers write `-` for a body of no bytes, and some put more
/// behind the numbers; never mind that. What has no status and no
/// size in their place is no such line: return `None`.
///
/// For `… "GET / HTTP/1.1" 200 38` it returns `Some((200, 38))`.
pub fn status_and_bytes(line: &str) -> Option<(u16, u64)> {
    todo!("exercise 5.2: find the two numbers in {line:?}")
}
