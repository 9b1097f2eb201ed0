/// How many bytes of padding a record gets whose content has this
/// length, so that the whole of it is a multiple of eight bytes.
pub fn padding(length: u16) -> u8 {
    // What is missing is what the negative leaves.
    (length.wrapping_neg() % 8) as u8
}
