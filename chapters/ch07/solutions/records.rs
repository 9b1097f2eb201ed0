/// The records at the start of some bytes: the type, the request's
/// number and the content of each, in their order; and how many bytes
/// they were.
pub fn records(bytes: &[u8]) -> (Vec<(u8, u16, Vec<u8>)>, usize) {
    let (mut records, mut rest) = (Vec::new(), bytes);
    while let Some((header, behind)) = rest.split_first_chunk() {
        let &[_, kind, id1, id0, length1, length0, padding, _] = header;
        let length =
            usize::from(u16::from_be_bytes([length1, length0]));
        let end = length + usize::from(padding);
        let Some((content, behind)) = behind.split_at_checked(end)
        else {
            break;
        };
        let id = u16::from_be_bytes([id1, id0]);
        records.push((kind, id, content[..length].to_vec()));
        rest = behind;
    }
    (records, bytes.len() - rest.len())
}
