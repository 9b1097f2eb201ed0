/// The name of the field that a variable of the environ was made from.
pub fn field(variable: &str) -> Option<String> {
    let name = match variable {
        "CONTENT_TYPE" | "CONTENT_LENGTH" => variable,
        "HTTP_CONTENT_TYPE" | "HTTP_CONTENT_LENGTH" | "HTTP_PROXY" => {
            return None;
        }
        _ => variable.strip_prefix("HTTP_")?,
    };
    let is_name = !name.is_empty() && name.bytes().all(may_be_in);
    is_name.then(|| name.replace('_', "-").to_ascii_lowercase())
}

/// May it be in the name of a variable that was made from a field?
fn may_be_in(byte: u8) -> bool {
    byte.is_ascii_uppercase()
        || byte.is_ascii_digit()
        || b"!#$%&'*+.^_`|~".contains(&byte)
}
