/// The first block that is not empty, and the answer's length.
pub fn first_block<E>(
    blocks: &mut impl Iterator<Item = Result<Vec<u8>, E>>,
    count: Option<usize>,
) -> Result<(Option<Vec<u8>>, Option<usize>), E> {
    let first = loop {
        match blocks.next().transpose()? {
            Some(block) if block.is_empty() => {}
            first => break first,
        }
    };
    let length = match &first {
        Some(block) if count == Some(1) => Some(block.len()),
        Some(_) => None,
        None => Some(0),
    };
    Ok((first, length))
}
