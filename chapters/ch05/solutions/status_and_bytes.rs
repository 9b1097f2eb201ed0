/// The status and the size of the body, from a line of an access log.
pub fn status_and_bytes(line: &str) -> Option<(u16, u64)> {
    let (_, request) = line.split_once('"')?;
    let numbers = behind_quote(request)?.strip_prefix(' ')?;
    let mut words = numbers.split(' ');
    let status = digits(words.next()?)?.parse().ok()?;
    let bytes = match words.next()? {
        "-" => 0,
        size => digits(size)?.parse().ok()?,
    };
    Some((status, bytes))
}

/// What is a number without a sign.
fn digits(word: &str) -> Option<&str> {
    word.bytes().all(|b| b.is_ascii_digit()).then_some(word)
}

/// What follows the first quote that has no backslash before it, or
/// one that is itself escaped.
fn behind_quote(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some(chars.as_str()),
            '\\' => {
                chars.next()?;
            }
            _ => {}
        }
    }
}
