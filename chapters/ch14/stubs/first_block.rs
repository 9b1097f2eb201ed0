/// The first block of an answer that is not empty, and the length of
/// the answer, if that is known.
///
/// The head is sent when this block is there, and until then the
/// application may still change it (PEP 3333, "The start_response()
/// Callable"). So blocks are asked for one by one. Empty ones are
/// dropped, and an exception on the way is the error. What comes after
/// the block, exceptions too, stays in `blocks` and is not asked for:
/// it may take a while to be made, and the client should not wait. If
/// there is no such block, it is `None`, and nothing is asked for after
/// the end.
///
/// `count` is the number of blocks in the application's list, if it has
/// returned a list. Where that is 1, all of the answer is there, and
/// its length is that of its block (PEP 3333, "Handling the
/// Content-Length Header"). If there is no block that is not empty, the
/// length is 0. Of all other answers it is not known.
pub fn first_block<E>(
    blocks: &mut impl Iterator<Item = Result<Vec<u8>, E>>,
    count: Option<usize>,
) -> Result<(Option<Vec<u8>>, Option<usize>), E> {
    let _ = blocks;
    todo!("exercise 14.4: which is the first, of {count:?}?")
}
