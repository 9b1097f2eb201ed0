/// Where the path that was asked for is to be cut.
pub fn split(asked: &str, script: &[u8], path: &[u8]) -> Option<usize> {
    let slashes = asked.match_indices('/').map(|(at, _)| at);
    slashes.chain([asked.len()]).find(|&at| {
        let (before, after) = asked.split_at(at);
        decoded(before) == script && decoded(after) == path
    })
}

fn decoded(path: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), path.as_bytes());
    while let [first, after @ ..] = rest {
        let (byte, next) = match rest {
            [b'%', a, b, next @ ..] => match (digit(*a), digit(*b)) {
                (Some(a), Some(b)) => (16 * a + b, next),
                _ => (*first, after),
            },
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = next;
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    digit.try_into().ok()
}
