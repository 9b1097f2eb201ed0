/// A head: the code of its status, and its headers.
pub type Head<'w> = (u16, Vec<(&'w [u8], &'w [u8])>);

/// The head of an answer that is in CGI's form, and what of its body
/// has come with it.
pub fn head(written: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let (status, mut rest) = cut(written, b"\r\n")?;
    let (_, status) = cut(status, b": ")?;
    let code = str::from_utf8(status.get(..3)?).ok()?;
    let mut headers = Vec::new();
    loop {
        let (line, after) = cut(rest, b"\r\n")?;
        if line.is_empty() {
            return Some(((code.parse().ok()?, headers), after));
        }
        headers.push(cut(line, b": ")?);
        rest = after;
    }
}

/// What is before the first one of these, and what is after it.
fn cut<'b>(bytes: &'b [u8], at: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let place = bytes.windows(at.len()).position(|w| w == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}
