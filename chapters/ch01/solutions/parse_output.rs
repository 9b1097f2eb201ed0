/// A status, header fields, and a body.
pub type Parsed = (String, Vec<(String, String)>, Vec<u8>);

/// The server's side: what a CGI program's output means.
pub fn parse_output(output: &[u8]) -> Option<Parsed> {
    let mut status = "200 OK".to_string();
    let mut headers = Vec::new();
    let mut rest = output;
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let line = &rest[..end];
        rest = &rest[end + 1..];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Some((status, headers, rest.to_vec()));
        }
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':')?;
        let value = value.trim().to_string();
        if name.eq_ignore_ascii_case("Status") {
            status = value;
        } else {
            headers.push((name.to_string(), value));
        }
    }
}
