/// A length at the start of some bytes, as it stands before a name or
/// a value; and how many bytes it takes. `None` if not all of it is
/// there.
///
/// A byte below 128 is the length. Otherwise it is four bytes, the
/// most significant first, and the first bit of all is not a part of
/// the number.
///
/// `pair_length(b"\x0bSCRIPT_NAME")` is `Some((11, 1))`.
pub fn pair_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let bytes = bytes.escape_ascii();
    todo!("exercise 7.2: which length is at the start of {bytes}?")
}
