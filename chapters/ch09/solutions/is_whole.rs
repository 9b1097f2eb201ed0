/// May a worker have this client? `arrived` is all that has come since
/// its last request.
pub fn is_whole(arrived: &[u8]) -> bool {
    const END: &[u8] = b"\r\n\r\n";
    let at = arrived.windows(END.len()).position(|w| w == END);
    let Some((head, rest)) = at.map(|at| arrived.split_at(at)) else {
        return false;
    };
    let come = rest.len() - END.len();
    let text = String::from_utf8_lossy(head);
    let mut fields = text.lines().filter_map(|l| l.split_once(':'));
    let length = fields.find_map(|(name, value)| {
        let is_it = name.eq_ignore_ascii_case("content-length");
        is_it.then_some(value.trim())
    });
    let Some(length) = length else { return true };
    let is_number = length.bytes().all(|b| b.is_ascii_digit());
    match length.parse::<usize>() {
        Ok(length) if is_number => come >= length,
        // Too large a number is never reached, either.
        _ => true,
    }
}
