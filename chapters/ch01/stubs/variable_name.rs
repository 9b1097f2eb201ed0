/// The variable in which a server passes a header field on.
///
/// The rule: capitals, `_` for each `-`, and `HTTP_` before it. Two
/// fields are exempt from the prefix, and one is never passed on;
/// for that, return `None`. A field's name means the same in capitals
/// and in small letters.
///
/// `Accept-Language` becomes `HTTP_ACCEPT_LANGUAGE`.
pub fn variable_name(field: &str) -> Option<String> {
    todo!("exercise 1.4: name the variable of {field}")
}
