/// The text that a browser meant, percent signs taken out.
///
/// `%` and two hexadecimal digits stand for one byte. The bytes are
/// UTF-8, several to a character perhaps; what is not becomes `�`. A
/// `%` that two digits do not follow stands for itself. Nothing that
/// a stranger sends makes it panic.
///
/// For `Andr%C3%A9%20%` it returns `André %`.
pub fn percent_decode(text: &str) -> String {
    todo!("exercise 1.5: decode {text:?}")
}
