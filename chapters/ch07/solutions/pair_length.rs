/// A length at the start of some bytes, as it stands before a name or
/// a value; and how many bytes it takes. `None` if not all of it is
/// there.
pub fn pair_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    let four = *bytes.first_chunk()?;
    Some((u32::from_be_bytes(four) as usize & 0x7fff_ffff, 4))
}
