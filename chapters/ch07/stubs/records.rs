/// The records at the start of some bytes: the type, the request's
/// number and the content of each, in their order; and how many bytes
/// they were.
///
/// A header is eight bytes: the version, the type, two bytes for the
/// number and two for the content's length, the more significant
/// first; one byte for the length of the padding, and one that is not
/// used. Content and padding follow. The last record may be cut
/// anywhere: it is left for the next time.
///
/// `records(b"\x01\x05\0\x01\0\x02\x01\0Hi\0\x01\x05")` is
/// `(vec![(5, 1, b"Hi".to_vec())], 11)`.
pub fn records(bytes: &[u8]) -> (Vec<(u8, u16, Vec<u8>)>, usize) {
    let bytes = bytes.escape_ascii();
    todo!("exercise 7.3: which records are in {bytes}?")
}
