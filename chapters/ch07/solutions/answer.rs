/// An answer as records: its blocks as the stream STDOUT, the stream's
/// end, and the end of the request.
pub fn answer(id: u16, blocks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A block of no bytes has no chunks, and so no record.
    for piece in blocks.iter().flat_map(|block| block.chunks(0xffff)) {
        push(&mut bytes, 6, id, piece);
    }
    push(&mut bytes, 6, id, &[]);
    push(&mut bytes, 3, id, &[0; 8]);
    bytes
}

fn push(to: &mut Vec<u8>, kind: u8, id: u16, content: &[u8]) {
    let [id1, id0] = id.to_be_bytes();
    let [length1, length0] = (content.len() as u16).to_be_bytes();
    to.extend([1, kind, id1, id0, length1, length0, 0, 0]);
    to.extend(content);
}
