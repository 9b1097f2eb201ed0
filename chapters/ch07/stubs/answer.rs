/// An answer as records: its blocks as the stream STDOUT, the stream's
/// end, and the end of the request.
///
/// A record is a header of eight bytes and a content: version 1, the
/// type, two bytes of number, two of length, no padding, and a zero.
/// STDOUT is type 6, END_REQUEST type 3, and the content of the latter
/// is eight zeros. A stream ends with a record without content, and
/// with the first of them. A content has 65,535 bytes at the most.
///
/// `answer(1, &[b"Hi"])` is the 34 bytes
/// `b"\x01\x06\0\x01\0\x02\0\0Hi"`, `b"\x01\x06\0\x01\0\0\0\0"` and
/// `b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0"`.
pub fn answer(id: u16, blocks: &[&[u8]]) -> Vec<u8> {
    todo!("exercise 7.5: answer request {id} with {blocks:?}")
}
