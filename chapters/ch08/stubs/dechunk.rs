/// Undoes a body in chunks: the body, and how many of the bytes
/// belonged to it; `Ok(None)` if its end has not come yet.
///
/// It is called after every read, with all bytes that have arrived
/// since the head. A chunk is a line with a size, as exercise 8.1
/// reads it (`use super::chunk_size::chunk_size;`, if you want to call
/// it), so many bytes, and a line end. A chunk of size zero has no
/// bytes and no line end of its own; after it come trailers, a line
/// each, which need not be looked at but for its end, and an empty
/// line. What follows that is the next request's.
///
/// A line ends with `\r\n`. Whatever is not as it must be is an `Err`
/// that says why, in words of your own. More than `limit` bytes of
/// body are an `Err` as soon as they are announced.
///
/// `dechunk(b"2\r\nHi\r\n0\r\n\r\nGET", 100)` is
/// `Ok(Some((b"Hi".to_vec(), 12)))`.
pub fn dechunk(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(Vec<u8>, usize)>, &'static str> {
    todo!("exercise 8.5: undo {bytes:?}, {limit} bytes at the most")
}
