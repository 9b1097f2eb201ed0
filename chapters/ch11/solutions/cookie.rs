/// The value of the first cookie of this name. `field` is the value of
/// the request's Cookie (RFC 6265, section 4.2.1).
pub fn cookie<'f>(field: &'f str, name: &str) -> Option<&'f str> {
    let pairs = field.split(';').filter_map(|p| p.split_once('='));
    let mut named = pairs.filter(|pair| pair.0.trim() == name);
    let value = named.next()?.1.trim();
    let rest = value.strip_prefix('"');
    Some(rest.and_then(|r| r.strip_suffix('"')).unwrap_or(value))
}
