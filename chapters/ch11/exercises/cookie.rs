/// The value of the first cookie of this name. `field` is the value of
/// the request's Cookie.
///
/// That is pairs of a name and a value with `=` in between, and a `;`
/// between one pair and the next. Spaces around a name or a value are
/// not part of it. A value may be empty, and may have anything in it
/// but `;`: a comma, another `=`. It may be in double quotes. They are
/// not part of it, and what is between them is, spaces and all. A quote
/// without its partner is a character like any other.
///
/// Names are compared whole, and capitals count. Others set cookies for
/// this host, too, and some of what they send is not a pair: what has
/// no `=` is skipped.
///
/// In `a; theme = "dark"; theme=light` the cookie `theme` is `dark`.
pub fn cookie<'f>(field: &'f str, name: &str) -> Option<&'f str> {
    todo!("exercise 11.1: {name} in {field}")
}
