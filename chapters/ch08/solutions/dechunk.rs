/// Undoes a body in chunks: the body, and how many of the bytes
/// belonged to it; `Ok(None)` if its end has not come yet.
pub fn dechunk(
    bytes: &[u8],
    limit: usize,
) -> Result<Option<(Vec<u8>, usize)>, &'static str> {
    let (mut body, mut rest) = (Vec::new(), bytes);
    loop {
        let Some(line) = take_line(&mut rest)? else { return Ok(None) };
        let size = size(line).ok_or("a chunk without a size")?;
        if size == 0 {
            break;
        }
        if size > limit - body.len() {
            return Err("a body beyond the limit");
        }
        let Some((data, behind)) = rest.split_at_checked(size) else {
            return Ok(None);
        };
        body.extend_from_slice(data);
        match behind {
            [b'\r', b'\n', next @ ..] => rest = next,
            [] | [b'\r'] => return Ok(None),
            _ => return Err("a chunk that is longer than its size"),
        }
    }
    while let Some(line) = take_line(&mut rest)? {
        if line.is_empty() {
            return Ok(Some((body, bytes.len() - rest.len())));
        }
    }
    Ok(None)
}

/// A line that is there whole, without its end.
fn take_line<'a>(
    rest: &mut &'a [u8],
) -> Result<Option<&'a [u8]>, &'static str> {
    let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
        return Ok(None);
    };
    let line = rest[..end].strip_suffix(b"\r");
    *rest = &rest[end + 1..];
    line.map(Some).ok_or("a line that ends without CR")
}

fn size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&byte| byte == b';').next()?;
    let digits = str::from_utf8(digits).ok()?;
    let digits = digits.trim_end_matches([' ', '\t']);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    usize::from_str_radix(digits, 16).ok().filter(|_| is_number)
}
