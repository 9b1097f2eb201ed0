/// The path that a route leads to, with these parameters.
pub fn url_for<'p>(
    pattern: &'p str,
    parameters: &[(&str, &str)],
) -> Result<String, &'p str> {
    let (mut path, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').unwrap_or_default();
        let name = inside.trim_start_matches('*');
        let value = parameters.iter().find(|(n, _)| *n == name);
        let value = value.map_or("", |(_, value)| value);
        if value.is_empty() {
            return Err(name);
        }
        path += before;
        for byte in value.bytes() {
            match byte {
                b'-' | b'.' | b'_' | b'~' => path.push(byte.into()),
                b'/' if inside != name => path.push('/'),
                _ if byte.is_ascii_alphanumeric() => {
                    path.push(byte.into());
                }
                _ => path += &format!("%{byte:02X}"),
            }
        }
        rest = after;
    }
    Ok(path + rest)
}
