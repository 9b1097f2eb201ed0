/// May a worker have this client? `arrived` is all that has come since
/// its last request.
///
/// A request is whole when its head is, up to the empty line, and after
/// it as many bytes as its Content-Length says; without that field
/// there is no body. More may follow: that belongs to the next request.
///
/// A length that is not a number, digits and nothing else, will never
/// be reached, and neither will one that does not fit into a `usize`.
/// A worker has to refuse that, so the answer is `true` as soon as the
/// head is whole.
///
/// `is_whole(b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nHel")` is
/// `false`.
pub fn is_whole(arrived: &[u8]) -> bool {
    todo!("exercise 9.1: is this a request? {arrived:?}")
}
