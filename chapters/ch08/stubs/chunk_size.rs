/// The size that the first line of a chunk tells, without its line
/// end; `None` if that is not what it is.
///
/// A size is digits in base sixteen, at least one, and must fit into
/// a `u64`. Blanks and tabs may follow, and then a `;` with anything
/// behind it, an extension.
///
/// `chunk_size("1F;a=b")` is `Some(31)`.
///
/// As it stands, it takes lines that it must not take. Which?
pub fn chunk_size(line: &str) -> Option<u64> {
    // exercise 8.1: which lines are taken that must not be?
    let size = line.split(';').next()?;
    u64::from_str_radix(size.trim(), 16).ok()
}
