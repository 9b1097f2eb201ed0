/// The length of the head that `arrived` begins with, its empty line
/// included, or `None` if its end has not come yet.
pub fn head_length(
    searched: &mut usize,
    arrived: &[u8],
) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    // All but the last byte of it may have been there before.
    let start = searched.saturating_sub(END.len() - 1);
    let mut windows = arrived[start..].windows(END.len());
    let at = windows.position(|window| window == END);
    *searched = arrived.len();
    at.map(|at| start + at + END.len())
}
