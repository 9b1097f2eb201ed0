/// How the end of a request's body is told: `Ok(Some(length))` by a
/// length, `Ok(None)` by a last chunk.
pub fn body_length(
    fields: &[(&str, &str)],
    is_http10: bool,
) -> Result<Option<u64>, &'static str> {
    const BAD: &str = "400 Bad Request";
    let values = |name: &str| -> Vec<&str> {
        let same = |n: &str| n.eq_ignore_ascii_case(name);
        let named = fields.iter().filter(|(n, _)| same(n));
        named.map(|(_, value)| *value).collect()
    };
    let lengths = values("Content-Length");
    match (&values("Transfer-Encoding")[..], &lengths[..]) {
        ([], []) => Ok(Some(0)),
        ([], [length]) => {
            let is_digits = length.bytes().all(|b| b.is_ascii_digit());
            let number = length.parse().ok().filter(|_| is_digits);
            number.map(Some).ok_or(BAD)
        }
        ([_], []) if is_http10 => Err(BAD),
        ([coding], []) if coding.eq_ignore_ascii_case("chunked") => {
            Ok(None)
        }
        ([_], []) => Err("501 Not Implemented"),
        _ => Err(BAD),
    }
}
