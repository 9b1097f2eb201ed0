use percent_encoding::percent_decode_str;

/// A name with one of these in it is the name of a secret.
pub const WORDS: [&str; 7] = [
    "apikey",
    "authorization",
    "cookie",
    "passw",
    "private",
    "secret",
    "token",
];

/// A value as a page may show it: what is secret in it is covered.
pub fn covered(name: &str, value: &str) -> String {
    if is_secret(name) {
        return "(covered)".into();
    }
    let pairs: Vec<String> = value.split('&').map(pair).collect();
    pairs.join("&")
}

fn pair(pair: &str) -> String {
    let (start, _) = pair.split_once('=').unwrap_or_default();
    let name = start.rsplit('?').next().unwrap_or_default();
    match is_secret(&percent_decode_str(name).decode_utf8_lossy()) {
        true => format!("{start}=(covered)"),
        false => pair.into(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace(['-', '_'], "");
    WORDS.iter().any(|word| name.contains(word))
}
