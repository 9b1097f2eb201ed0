/// The variable in which a server passes a header field on.
pub fn variable_name(field: &str) -> Option<String> {
    let name = field.to_ascii_uppercase().replace('-', "_");
    match &*name {
        "PROXY" => None,
        "CONTENT_TYPE" | "CONTENT_LENGTH" => Some(name),
        _ => Some(format!("HTTP_{name}")),
    }
}
