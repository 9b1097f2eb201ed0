/// The size that the first line of a chunk tells, without its line
/// end; `None` if that is not what it is.
pub fn chunk_size(line: &str) -> Option<u64> {
    let size = line.split(';').next()?.trim_end_matches([' ', '\t']);
    // Rust would take a sign.
    let is_digits = size.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(size, 16).ok().filter(|_| is_digits)
}
