/// The length of the head that `arrived` begins with, its empty line
/// included, or `None` if its end has not come yet.
///
/// It is called after every read, with all bytes that have arrived by
/// then. `searched` is 0 at first, and yours: leave in it how far you
/// have looked, so that the next call need not look there again. Three
/// bytes back it may have to go. Lines end with `\r\n`.
///
/// `head_length(&mut 0, b"GET / HTTP/1.1\r\n\r\nmore")` is `Some(18)`.
pub fn head_length(
    searched: &mut usize,
    arrived: &[u8],
) -> Option<usize> {
    todo!("exercise 8.3: find it, from {searched} on in {arrived:?}")
}
