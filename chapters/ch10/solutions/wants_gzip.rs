/// Does the client take gzip? `accept_encoding` is the field's value,
/// or `None` if there is no such field (RFC 9110, section 12.5.3).
pub fn wants_gzip(accept_encoding: Option<&str>) -> bool {
    let list = accept_encoding.unwrap_or_default();
    let takes = |names: &[&str]| {
        list.split(',').find_map(|element| {
            let (name, weight) =
                element.split_once(';').unwrap_or((element, ""));
            let is_it = |n: &&str| name.trim().eq_ignore_ascii_case(n);
            names.iter().any(is_it).then(|| !is_zero(weight))
        })
    };
    let by_name = takes(&["gzip", "x-gzip"]);
    by_name.or_else(|| takes(&["*"])).unwrap_or(false)
}

/// Is it a weight of `0`, with zeros or nothing after the dot (RFC
/// 9110, section 12.4.2)?
fn is_zero(weight: &str) -> bool {
    let number = weight.split('=').nth(1).unwrap_or("1");
    number.trim().chars().all(|c| matches!(c, '0' | '.'))
}
