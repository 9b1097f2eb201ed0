/// The value of the first cookie of this name. `field` is the value of
/// the request's Cookie.
///
/// It is pairs of a name and a value, with `=` in between, and with `;`
/// between one pair and the next. Spaces around a name or a value are
/// not part of it. A value may be empty, and anything may be in it but
/// `;`: a comma, another `=`. It may also be in double quotes, which
/// are not part of it either, but what is between them is, spaces too.
/// One quote alone is a character as others are.
///
/// A name is the whole name, down to its capitals. The field holds what
/// others have set as well, and not all of that is pairs: what has no
/// `=` is skipped.
///
/// In `a; theme = "dark"; theme=light` the cookie `theme` is `dark`.
pub fn cookie<'f>(field: &'f str, name: &str) -> Option<&'f str> {
    todo!("exercise 11.1: {name} in {field}")
}
